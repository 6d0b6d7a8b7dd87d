;; Trap: indirect call of a function of another type.
(module
  (type $run (func (result i32)))
  (table 1 funcref)
  (elem (i32.const 0) $other)
  (memory (export "memory") 1)
  (func $other (param i32))
  (func (export "locket:system/run@0.1.0#run") (type $run)
    i32.const 0
    call_indirect (type $run)))
