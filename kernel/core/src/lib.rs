//! The capability kernel: handles, rights, channels, waits, accounts, audit
