;; Imports an interface that Locket does not have. Must be refused at load, with the import named.
(module
  (import "wasi:sockets/tcp@0.2.0" "create-tcp-socket" (func (param i32 i32)))
  (memory (export "memory") 1)
  (func (export "locket:system/run@0.1.0#run") (result i32)
    i32.const 0))
