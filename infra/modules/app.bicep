// One function app on Flex Consumption, its identity, and what that identity may do. Deployed twice with a standby.
param name string
param serviceName string
param location string
param tags object
param subnetId string
param dataAccountName string
param backupAccountName string
param hostAccountName string
param vaultName string
param insightsName string
param workspaceId string
param alwaysReadyInstances int
param maximumInstances int
param corsOrigins string
param portalUrl string
param alertEmail string
param entraTenantId string
param entraClientId string
param emailSender string
param smsTemplateCode string
param smsTemplateText string
param readOnly bool

resource data 'Microsoft.Storage/storageAccounts@2024-01-01' existing = { name: dataAccountName }
resource backups 'Microsoft.Storage/storageAccounts@2024-01-01' existing = { name: backupAccountName }
resource host 'Microsoft.Storage/storageAccounts@2024-01-01' existing = { name: hostAccountName }
resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = { name: vaultName }
resource insights 'Microsoft.Insights/components@2020-02-02' existing = { name: insightsName }

// What the code reads (adapters/settings.py); a test compares the two lists. Secrets are references into the vault.
var settings = {
  STORAGE_ACCOUNT: dataAccountName
  BACKUP_ACCOUNT: backupAccountName
  TOKEN_SIGNING_KEY: '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=token-signing-key)'
  TOKEN_VERIFICATION_KEYS: '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=token-verification-keys)'
  TOKEN_ISSUER: 'https://${name}.azurewebsites.net'
  TOKEN_AUDIENCE: 'solarium'
  OTP_HMAC_KEY: '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=otp-hmac-key)'
  CURSOR_HMAC_KEY: '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=cursor-hmac-key)'
  CORS_ORIGINS: corsOrigins
  PORTAL_URL: portalUrl
  MSG91_AUTH_KEY: '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=msg91-auth-key)'
  MSG91_TEMPLATE_CODE: smsTemplateCode
  MSG91_TEMPLATE_TEXT: smsTemplateText
  SENDGRID_API_KEY: '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=sendgrid-api-key)'
  EMAIL_SENDER: emailSender
  ALERT_EMAIL: alertEmail
  ENTRA_TENANT_ID: entraTenantId
  ENTRA_CLIENT_ID: entraClientId
  SENSITIVE_PER_MINUTE: '100'
  TRUSTED_PROXIES: '1'
  REQUEST_SECONDS: '7.5'
  INSTANCE: name
  READ_ONLY: readOnly ? '1' : '0'
}

// What the platform reads.
var platform = {
  AzureWebJobsStorage__accountName: hostAccountName
  AzureWebJobsStorage__credential: 'managedidentity'
  APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'Authorization=AAD'
  PYTHON_ISOLATE_WORKER_DEPENDENCIES: '1'
  // What was freed comes back to others than its thread, and what was large to the system: docs/capacity.md, "A steady load"
  MALLOC_ARENA_MAX: '2'
  MALLOC_MMAP_THRESHOLD_: '131072'
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  // checkov:skip=CKV_AZURE_225: zone redundancy of Flex Consumption is decided per region; see infra/README.md
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { tier: 'FlexConsumption', name: 'FC1' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  // checkov:skip=CKV_AZURE_212: Flex Consumption has no fixed instances; alwaysReady keeps some warm
  // checkov:skip=CKV_AZURE_17: phones have no client certificates; callers prove themselves with tokens
  // checkov:skip=CKV_AZURE_222: phones call it from any address
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': serviceName })
  kind: 'functionapp,linux'
  identity: { type: 'SystemAssigned' }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    virtualNetworkSubnetId: subnetId
    publicNetworkAccess: 'Enabled'
    clientAffinityEnabled: false
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      http20Enabled: true
      ftpsState: 'Disabled'
      healthCheckPath: '/api/v1/health'
      appSettings: [for setting in items(union(settings, platform)): { name: setting.key, value: setting.value }]
    }
    functionAppConfig: {
      runtime: { name: 'python', version: '3.11' }
      scaleAndConcurrency: {
        instanceMemoryMB: 2048
        maximumInstanceCount: maximumInstances
        alwaysReady: alwaysReadyInstances > 0 ? [{ name: 'http', instanceCount: alwaysReadyInstances }] : []
        // Python's default is 1 request at a time per instance; our handlers are async and wait for storage.
        triggers: { http: { perInstanceConcurrency: 32 } }
      }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${host.properties.primaryEndpoints.blob}packages-${serviceName}'
          authentication: { type: 'SystemAssignedIdentity' }
        }
      }
    }
  }
}

resource basicAuth 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = [
  for door in ['ftp', 'scm']: {
    parent: app
    name: door
    properties: { allow: false }
  }
]

// The least that the app needs, each role on one account and not on the group.
var tableContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
var tableReader = '76199698-9eea-4c19-bc75-cec21354c6b6'
var blobContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
var blobReader = '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
var blobDelegator = 'db58b8e5-c6ad-4a2a-8342-4190687cbf4a'
var blobOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
var secretsUser = '4633458b-17de-408a-b874-0445c86b69e6'
var metricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'

var onData = readOnly ? [tableReader, blobReader, blobDelegator] : [tableContributor, blobContributor, blobDelegator]
var onBackups = readOnly ? [blobReader] : [blobContributor]

resource dataRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in onData: {
    name: guid(data.id, name, role)
    scope: data
    properties: {
      principalId: app.identity.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]

resource backupRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in onBackups: {
    name: guid(backups.id, name, role)
    scope: backups
    properties: {
      principalId: app.identity.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]

resource hostRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(host.id, name, blobOwner)
  scope: host
  properties: {
    principalId: app.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobOwner)
  }
}

resource vaultRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, name, secretsUser)
  scope: vault
  properties: {
    principalId: app.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsUser)
  }
}

resource insightsRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, name, metricsPublisher)
  scope: insights
  properties: {
    principalId: app.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', metricsPublisher)
  }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: app
  properties: {
    workspaceId: workspaceId
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output url string = 'https://${app.properties.defaultHostName}'
output name string = app.name
