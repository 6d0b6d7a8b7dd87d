//! The Canonical ABI of the component model over one bounds-checked view of guest memory
