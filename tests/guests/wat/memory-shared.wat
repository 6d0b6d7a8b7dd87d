;; Has a shared memory and uses atomics. Must be refused at load: threads are off.
(module
  (memory (export "memory") 1 1 shared)
  (func (export "locket:system/run@0.1.0#run") (result i32)
    i32.const 0
    i32.const 1
    i32.atomic.rmw.add))
