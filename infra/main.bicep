// Everything that runs in Azure, for one environment: `azd up` (infra/README.md). Modules are one topic each.
targetScope = 'subscription'

@minLength(2)
@maxLength(12)
@description('The name of the environment: dev, test, prod …; part of every resource name.')
param environmentName string

@description('The region of the primary (mission.md: one region).')
param location string = 'centralindia'

@description('The paired region for the warm standby; empty for none.')
param standbyLocation string = ''

@description('Instances that are always warm; a cold start costs the first user of the day about two seconds.')
@minValue(0)
param alwaysReadyInstances int = 1

@description('The most instances that may run; each takes perInstanceConcurrency requests at once.')
param maximumInstances int = 40

@description('Origins of browsers that may call the API, separated by commas.')
param corsOrigins string

@description('Where the web portal is; links in e-mails lead there.')
param portalUrl string

@description('Who is told of alerts and of the budget.')
param alertEmail string

@description('Monthly budget in the currency of the subscription.')
param monthlyBudget int = 300

@description('First day of the budget, YYYY-MM-01.')
param budgetStart string

@description('Microsoft Entra ID tenant and client whose staff may sign in; empty for none.')
param entraTenantId string = ''
param entraClientId string = ''

@description('The sender of e-mails, verified at SendGrid.')
param emailSender string

@description('The ids of the templates registered at MSG91: for one-time codes, and for other texts.')
param smsTemplateCode string
param smsTemplateText string

var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName, product: 'solarium' }

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-solarium-${environmentName}'
  location: location
  tags: tags
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: {
    location: location
    token: token
    tags: tags
    alertEmail: alertEmail
    monthlyBudget: monthlyBudget
    budgetStart: budgetStart
  }
}

module network 'modules/network.bicep' = {
  name: 'network'
  scope: group
  params: { location: location, token: token, tags: tags }
}

var standbySubnetIds = empty(standbyLocation) ? [] : [standbyNetwork!.outputs.subnetId]
var subnetIds = concat([network.outputs.subnetId], standbySubnetIds)

module storage 'modules/storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    location: location
    token: token
    tags: tags
    subnetIds: subnetIds
    workspaceId: monitoring.outputs.workspaceId
  }
}

module vault 'modules/vault.bicep' = {
  name: 'vault'
  scope: group
  params: {
    location: location
    token: token
    tags: tags
    subnetIds: subnetIds
    workspaceId: monitoring.outputs.workspaceId
  }
}

module app 'modules/app.bicep' = {
  name: 'app'
  scope: group
  params: {
    name: 'func-solarium-${token}'
    serviceName: 'api'
    location: location
    tags: tags
    subnetId: network.outputs.subnetId
    dataAccountName: storage.outputs.dataAccountName
    backupAccountName: storage.outputs.backupAccountName
    hostAccountName: storage.outputs.hostAccountName
    vaultName: vault.outputs.vaultName
    insightsName: monitoring.outputs.insightsName
    workspaceId: monitoring.outputs.workspaceId
    alwaysReadyInstances: alwaysReadyInstances
    maximumInstances: maximumInstances
    corsOrigins: corsOrigins
    portalUrl: portalUrl
    alertEmail: alertEmail
    entraTenantId: entraTenantId
    entraClientId: entraClientId
    emailSender: emailSender
    smsTemplateCode: smsTemplateCode
    smsTemplateText: smsTemplateText
    readOnly: false
  }
}

module standbyNetwork 'modules/network.bicep' = if (!empty(standbyLocation)) {
  name: 'standby-network'
  scope: group
  params: { location: standbyLocation, token: '${token}s', tags: tags }
}

module standby 'modules/app.bicep' = if (!empty(standbyLocation)) {
  name: 'standby'
  scope: group
  params: {
    name: 'func-solarium-${token}-standby'
    serviceName: 'standby'
    location: standbyLocation
    tags: tags
    subnetId: standbyNetwork!.outputs.subnetId
    dataAccountName: storage.outputs.dataAccountName
    backupAccountName: storage.outputs.backupAccountName
    hostAccountName: storage.outputs.hostAccountName
    vaultName: vault.outputs.vaultName
    insightsName: monitoring.outputs.insightsName
    workspaceId: monitoring.outputs.workspaceId
    alwaysReadyInstances: 0
    maximumInstances: maximumInstances
    corsOrigins: corsOrigins
    portalUrl: portalUrl
    alertEmail: alertEmail
    entraTenantId: entraTenantId
    entraClientId: entraClientId
    emailSender: emailSender
    smsTemplateCode: smsTemplateCode
    smsTemplateText: smsTemplateText
    readOnly: true
  }
}

output AZURE_FUNCTION_URL string = app.outputs.url
output AZURE_FUNCTION_NAME string = app.outputs.name
output AZURE_KEY_VAULT_NAME string = vault.outputs.vaultName
output AZURE_RESOURCE_GROUP string = group.name
