;; Imports an interface in a version that Locket does not have. Must be refused at load, with the import named.
(module
  (import "locket:gpio/digital@0.2.0" "[method]output.set" (func (param i32 i32 i32)))
  (memory (export "memory") 1)
  (func (export "locket:system/run@0.1.0#run") (result i32)
    i32.const 0))
