//! `wasi:config`: what the policy tells a container.

use locket_abi::List;
use locket_kernel::{Access, Platform, Stop};
use locket_policy::MAX_SETTINGS;

use crate::{
    System,
    store::{Error, GetAllReply, GetReply, Replied, Store},
};

impl<B: Platform> Store<B> for System {
    fn get(&self, caller: &Access<'_, B>, reply: GetReply<'_, B>) -> Result<Replied, Stop> {
        let key = reply.key()?;
        let value = caller.settings().find(|(known, _)| *known == key).map(|(_, value)| value);
        let value: Result<_, Error<'_>> = Ok(value);
        reply.send(&value)
    }

    fn get_all(&self, caller: &Access<'_, B>, reply: GetAllReply<'_, B>) -> Result<Replied, Stop> {
        let mut settings = [("", ""); MAX_SETTINGS];
        let places = settings.iter_mut().zip(caller.settings());
        let count = places.map(|(place, setting)| *place = setting).count();
        let all: Result<_, Error<'_>> = Ok(List::Host(settings.get(..count).unwrap_or_default()));
        reply.send(&all)
    }
}
