;; Exports no `run`. Must be refused at load.
(module
  (memory (export "memory") 1)
  (func (export "run") (result i32)
    i32.const 0))
