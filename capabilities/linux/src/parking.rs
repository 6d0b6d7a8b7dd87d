//! Where container threads sleep: one token per container, as the kernel's waits ask for.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// One container's parking place. A token left by [`Parking::unpark`] makes the next park return at once.
#[derive(Default)]
pub(crate) struct Parking {
    token: Mutex<bool>,
    arrived: Condvar,
}

impl Parking {
    /// Sleeps until a token is there, or for at most `limit`; takes the token.
    pub(crate) fn park(&self, limit: Option<Duration>) {
        let token = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        let mut token = match limit {
            None => self.arrived.wait_while(token, |there| !*there).unwrap_or_else(PoisonError::into_inner),
            Some(limit) => {
                self.arrived.wait_timeout_while(token, limit, |there| !*there).unwrap_or_else(PoisonError::into_inner).0
            }
        };
        *token = false;
    }

    /// Leaves the token and wakes the sleeper.
    pub(crate) fn unpark(&self) {
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.arrived.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_left_before_parking_is_not_lost() {
        let parking = Parking::default();
        parking.unpark();
        parking.park(None);
    }

    #[test]
    fn a_limit_ends_the_sleep() {
        let parking = Parking::default();
        parking.park(Some(Duration::from_millis(1)));
        parking.unpark();
        parking.park(Some(Duration::ZERO));
        assert!(!*parking.token.lock().unwrap(), "the token is taken even when the limit is zero");
    }

    #[test]
    fn another_thread_wakes_the_sleeper() {
        let parking = Parking::default();
        std::thread::scope(|scope| {
            scope.spawn(|| parking.unpark());
            parking.park(None);
        });
    }
}
