module caller

go 1.24

// Put there by `locket sdk generate --lang go`.
replace locket.local/sdk => ./sdk

require locket.local/sdk v0.0.0
