;; Has two memories. Must be refused at load: the kernel could not tell which one a pointer means.
(module
  (memory (export "memory") 1)
  (memory 1)
  (func (export "locket:system/run@0.1.0#run") (result i32)
    i32.const 0))
