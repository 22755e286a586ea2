// Where logs and measures go, who is told when something is wrong, and what it may cost.
param location string
param token string
param tags object
param alertEmail string
param monthlyBudget int
param budgetStart string

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: 'log-solarium-${token}'
  location: location
  tags: tags
  properties: { sku: { name: 'PerGB2018' }, retentionInDays: 90, workspaceCapping: { dailyQuotaGb: 5 } }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-solarium-${token}'
  location: location
  tags: tags
  kind: 'web'
  properties: { Application_Type: 'web', WorkspaceResourceId: workspace.id, DisableLocalAuth: true }
}

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-solarium-${token}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'solarium'
    enabled: true
    emailReceivers: [{ name: 'operators', emailAddress: alertEmail, useCommonAlertSchema: true }]
  }
}

// Each rule is a question to the logs that has an answer only when somebody must act.
var rules = [
  {
    name: 'backup-late'
    title: 'No verified backup for 26 hours'
    severity: 1
    every: 'PT1H'
    window: 'P1D'
    query: 'AppTraces | where Message has "BACKUP_LATE" or Message has "BACKUP_FAILED" or Message has "BACKUP_SUSPECT"'
  }
  {
    name: 'errors'
    title: 'More than 1 % of requests failed on our side'
    severity: 2
    every: 'PT5M'
    window: 'PT15M'
    query: 'AppRequests | summarize failed = countif(toint(ResultCode) >= 500), all = count() | where all > 50 and failed * 100.0 / all > 1'
  }
  {
    name: 'slow'
    title: 'The 95th percentile is above 2 seconds'
    severity: 2
    every: 'PT5M'
    window: 'PT15M'
    query: 'AppRequests | summarize p95 = percentile(DurationMs, 95), all = count() | where all > 50 and p95 > 2000'
  }
]

resource alerts 'Microsoft.Insights/scheduledQueryRules@2023-03-15-preview' = [
  for rule in rules: {
    name: 'alert-${rule.name}-${token}'
    location: location
    tags: tags
    properties: {
      displayName: rule.title
      severity: rule.severity
      enabled: true
      evaluationFrequency: rule.every
      windowSize: rule.window
      scopes: [workspace.id]
      criteria: {
        allOf: [
          { query: rule.query, timeAggregation: 'Count', operator: 'GreaterThan', threshold: 0 }
        ]
      }
      actions: { actionGroups: [people.id] }
    }
  }
]

resource budget 'Microsoft.Consumption/budgets@2023-11-01' = {
  name: 'budget-solarium'
  properties: {
    category: 'Cost'
    amount: monthlyBudget
    timeGrain: 'Monthly'
    timePeriod: { startDate: budgetStart }
    notifications: {
      eighty: { enabled: true, operator: 'GreaterThan', threshold: 80, thresholdType: 'Actual', contactEmails: [alertEmail] }
      forecast: { enabled: true, operator: 'GreaterThan', threshold: 100, thresholdType: 'Forecasted', contactEmails: [alertEmail] }
    }
  }
}

output workspaceId string = workspace.id
output insightsName string = insights.name
