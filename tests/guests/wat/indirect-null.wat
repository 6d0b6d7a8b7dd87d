;; Trap: indirect call through an empty entry of the table.
(module
  (type $run (func (result i32)))
  (table 1 funcref)
  (memory (export "memory") 1)
  (func (export "locket:system/run@0.1.0#run") (type $run)
    i32.const 0
    call_indirect (type $run)))
