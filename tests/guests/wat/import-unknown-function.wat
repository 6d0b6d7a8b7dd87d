;; Imports a function that its interface does not have. Must be refused at load, with the import named.
(module
  (import "locket:gpio/digital@0.1.0" "[method]output.explode" (func (param i32)))
  (memory (export "memory") 1)
  (func (export "locket:system/run@0.1.0#run") (result i32)
    i32.const 0))
