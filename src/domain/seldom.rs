//! Values that most cases do not have. A list may have a million cases, and an empty note should not cost what a note
//! costs.

use std::fmt;
use std::ops::{Deref, DerefMut};

/// A value that takes no room while it is what it is by default. It is used like the value itself.
#[derive(Clone)]
pub struct Seldom<T>(Option<Box<T>>);

/// A value that can stand for all those that are what they are by default.
pub trait Usual: Default + PartialEq + Sized + 'static {
    /// That value.
    fn usual() -> &'static Self;
}

impl<T: PartialEq + 'static> Usual for Vec<T> {
    fn usual() -> &'static Self {
        const { &Vec::new() }
    }
}

impl Usual for Option<String> {
    fn usual() -> &'static Self {
        &None
    }
}

impl<T> Default for Seldom<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Usual> From<T> for Seldom<T> {
    fn from(value: T) -> Self {
        Self((value != *T::usual()).then(|| Box::new(value)))
    }
}

impl<T> Seldom<T> {
    /// What most cases have.
    pub const fn usual() -> Self {
        Self(None)
    }

    /// Whether nothing was ever put here.
    #[cfg(test)]
    pub(super) fn is_usual(&self) -> bool {
        self.0.is_none()
    }
}

impl<T: Usual> Seldom<T> {
    /// The value itself.
    pub fn into_value(self) -> T {
        self.0.map(|value| *value).unwrap_or_default()
    }
}

impl<T: Usual> Deref for Seldom<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_deref().unwrap_or_else(|| T::usual())
    }
}

impl<T: Usual> DerefMut for Seldom<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0.get_or_insert_default()
    }
}

impl<T: Usual> PartialEq for Seldom<T> {
    fn eq(&self, other: &Self) -> bool {
        // Two usual ones, which most are, need not be looked into.
        (self.0.is_none() && other.0.is_none()) || **self == **other
    }
}

impl<T: Usual> PartialEq<T> for Seldom<T> {
    fn eq(&self, other: &T) -> bool {
        **self == *other
    }
}

impl<T: Usual + Eq> Eq for Seldom<T> {}

impl<T: Usual + fmt::Debug> fmt::Debug for Seldom<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        T::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_usual_takes_no_room_and_reads_like_the_rest() {
        let mut note: Seldom<Option<String>> = None.into();
        assert_eq!((note.0.is_none(), note.as_deref()), (true, None));
        *note = Some("call".to_owned());
        assert_eq!(note, Some("call".to_owned()));
        note.take();
        assert_eq!(note, Seldom::default(), "it is the value that counts, not where it lies");
        assert_eq!(size_of_val(&note), 8);
        assert_eq!(format!("{:?} {:?}", note, Seldom::from(vec![1])), "None [1]");
        assert_eq!(Seldom::from(vec![1]).into_value(), [1]);
    }
}
