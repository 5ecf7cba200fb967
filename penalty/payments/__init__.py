"""Payment protocols as pure functions of values. Nothing here opens a connection or looks at a clock.

`values` holds what all providers share, `attempt` the state graph of one attempt to pay; each provider is one
file that fulfils `values.Provider`. docs/adding-a-payment-provider.md shows the way.
"""
