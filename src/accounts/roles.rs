//! Sets of roles: a person may do what any of their roles may do.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::role::Role;

/// The roles of a person, in the order of [`Role::ALL`]. In JSON, a list of names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roles(u8);

fn bit(role: Role) -> u8 {
    1 << role as u8
}

impl Roles {
    /// The roles, one by one.
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL
            .into_iter()
            .filter(move |role| self.contains(*role))
    }

    /// Whether a role is one of them.
    pub fn contains(self, role: Role) -> bool {
        self.0 & bit(role) != 0
    }

    /// Whether one of them is among `some`.
    pub fn allow(self, some: &[Role]) -> bool {
        some.iter().any(|role| self.contains(*role))
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The first of them in the order of [`Role::ALL`].
    pub fn first(self) -> Option<Role> {
        self.iter().next()
    }

    /// Whether people with these roles may see candidates and their scores.
    pub fn sees_candidates(self) -> bool {
        self.allow(&[Role::Admin, Role::Recruiter])
    }
}

impl From<Role> for Roles {
    fn from(role: Role) -> Self {
        Self(bit(role))
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        Self(roles.into_iter().fold(0, |set, role| set | bit(role)))
    }
}

impl Serialize for Roles {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Roles {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<Role>::deserialize(deserializer)?
            .into_iter()
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_allows_what_one_of_its_roles_allows() {
        let both: Roles = [Role::Agent, Role::Coach, Role::Agent]
            .into_iter()
            .collect();
        assert_eq!(both.iter().collect::<Vec<_>>(), [Role::Coach, Role::Agent]);
        assert_eq!(both.first(), Some(Role::Coach));
        assert!(both.allow(&[Role::Admin, Role::Coach]) && both.allow(&[Role::Agent]));
        assert!(!both.allow(&[Role::Admin, Role::Recruiter]) && !both.sees_candidates());
        assert!(Roles::default().is_empty() && !Roles::default().allow(&Role::ALL));
    }

    #[test]
    fn in_json_a_set_is_a_list_of_names() {
        let read: Roles = serde_json::from_str(r#"["agent", "coach", "agent"]"#).expect("roles");
        assert_eq!(
            serde_json::to_string(&read).ok().as_deref(),
            Some(r#"["coach","agent"]"#)
        );
        assert!(serde_json::from_str::<Roles>(r#"["owner"]"#).is_err());
    }
}
