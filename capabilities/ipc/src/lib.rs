//! Provider of channels between containers
