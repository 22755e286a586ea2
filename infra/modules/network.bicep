// The subnet that the functions call out from, so that the backup account and the vault can refuse everybody else.
param location string
param token string
param tags object

resource guard 'Microsoft.Network/networkSecurityGroups@2024-01-01' = {
  name: 'nsg-solarium-${token}'
  location: location
  tags: tags
  properties: { securityRules: [] }
}

resource network 'Microsoft.Network/virtualNetworks@2024-01-01' = {
  name: 'vnet-solarium-${token}'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: ['10.20.0.0/24'] }
    subnets: [
      {
        name: 'functions'
        properties: {
          addressPrefix: '10.20.0.0/25'
          networkSecurityGroup: { id: guard.id }
          serviceEndpoints: [{ service: 'Microsoft.Storage.Global' }, { service: 'Microsoft.KeyVault' }]
          delegations: [
            { name: 'flex', properties: { serviceName: 'Microsoft.App/environments' } }
          ]
        }
      }
    ]
  }
}

output subnetId string = network.properties.subnets[0].id
