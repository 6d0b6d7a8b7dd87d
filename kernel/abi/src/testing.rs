//! A guest for tests: memory with an allocator that can be told to misbehave.
