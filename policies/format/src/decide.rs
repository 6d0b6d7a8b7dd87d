//! The decision: may this container do this?

use core::fmt;

use crate::{ContainerIndex, Grant, KindIndex, Policy, Rights, RuleId};

/// What a container asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'r> {
    /// What sort of thing ([`Policy::find_kind`]); `None`: one that this policy grants to nobody.
    pub kind: Option<KindIndex>,
    /// The label; empty for a whole interface.
    pub label: &'r str,
    /// The rights that are needed; [`Rights::NONE`] to open it.
    pub rights: Rights,
}

/// The answer, and the policy line that gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Decision {
    /// This grant allows it, within its rate and quota.
    Allowed(Grant),
    /// It is denied.
    Denied {
        /// The reason.
        why: Why,
        /// The line that decides: the grant that falls short, else the container's table of grants.
        rule: RuleId,
    },
}

impl Decision {
    /// The line that decides.
    #[must_use]
    pub const fn rule(&self) -> RuleId {
        match self {
            Self::Allowed(grant) => grant.rule,
            Self::Denied { rule, .. } => *rule,
        }
    }
}

/// Why a request is denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The policy has no such container.
    UnknownContainer,
    /// The container holds nothing of this kind under this label.
    NoGrant,
    /// The grant lacks a right.
    MissingRights(
        /// Those that it lacks.
        Rights,
    ),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownContainer => "the policy has no such container",
            Self::NoGrant => "no grant",
            Self::MissingRights(_) => "the grant lacks a right",
        })
    }
}

impl Policy<'_> {
    /// Decides one request: allowed by exactly the grant of this container, kind and label, if it has the rights.
    ///
    /// Rates and quotas are not decided here, since they depend on what was used before; the kernel counts them
    /// against the grant that this returns.
    pub fn decide(&self, container: ContainerIndex, request: &Request<'_>) -> Decision {
        let Some(holder) = self.container(container) else {
            return Decision::Denied { why: Why::UnknownContainer, rule: RuleId::POLICY };
        };
        let Some(grant) = request.kind.and_then(|kind| self.find_grant(container, kind, request.label)) else {
            return Decision::Denied { why: Why::NoGrant, rule: holder.default_deny };
        };
        if grant.rights.contains(request.rights) {
            return Decision::Allowed(grant);
        }
        let missing = Rights::from_bits(request.rights.bits() & !grant.rights.bits());
        Decision::Denied { why: Why::MissingRights(missing), rule: grant.rule }
    }

    fn find_grant(&self, container: ContainerIndex, kind: KindIndex, label: &str) -> Option<Grant> {
        let key = (container, kind);
        let position = self
            .grants
            .binary_search_by(|grant| {
                (grant.container, grant.kind).cmp(&key).then_with(|| self.text(grant.label).cmp(label))
            })
            .ok()?;
        self.grants.get(position)
    }
}
