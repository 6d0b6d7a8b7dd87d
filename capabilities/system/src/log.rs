//! `wasi:logging`: lines go to the board as events, with the container's name.

use locket_kernel::{Access, Event, LogLevel, Platform};

use crate::{
    System,
    logging::{Level, Logging},
};

impl<B: Platform> Logging<B> for System {
    fn log(&self, caller: &Access<'_, B>, level: Level, context: &str, message: &str) {
        let container = caller.kernel().name(caller.caller());
        caller.board().event(&Event::Log { container, level: level.into(), context, message });
    }
}

impl From<Level> for LogLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::Trace => Self::Trace,
            Level::Debug => Self::Debug,
            Level::Info => Self::Info,
            Level::Warn => Self::Warn,
            Level::Error => Self::Error,
            Level::Critical => Self::Critical,
        }
    }
}
