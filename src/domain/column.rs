//! The columns that the table of cases can have, by the words that the config uses for them.

use super::case::Field;

/// A column of the table of cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Sign and word, or the sign alone where there is no room for words.
    Urgency,
    /// `expirationDate` as received.
    Due,
    /// `amount` and currency as received, decimal points in line.
    Amount,
    /// The key.
    Id,
    /// What has changed since the operator last looked.
    Change,
    /// As received.
    Status,
    /// As received.
    Result,
    /// `outTradeNo`.
    Order,
    /// `outUserId`.
    User,
    /// Who looks after it, and the tags.
    Words,
    /// When the data came.
    Data,
}

impl Column {
    /// All of them, left to right where nothing else is asked for.
    pub const ALL: [Self; 11] = [
        Self::Urgency,
        Self::Due,
        Self::Amount,
        Self::Id,
        Self::Change,
        Self::Status,
        Self::Result,
        Self::Order,
        Self::User,
        Self::Words,
        Self::Data,
    ];
    /// Those without which a row means nothing: they are always there.
    pub const KEPT: [Self; 2] = [Self::Due, Self::Id];

    /// What stands above it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Urgency => "Urgency",
            Self::Due => Field::ExpirationDate.label(),
            Self::Amount => Field::Amount.label(),
            Self::Id => Field::CaseId.label(),
            Self::Change => "What changed",
            Self::Status => Field::Status.label(),
            Self::Result => Field::CaseResult.label(),
            Self::Order => Field::OutTradeNo.label(),
            Self::User => Field::OutUserId.label(),
            Self::Words => "Owner, tags",
            Self::Data => "As of",
        }
    }

    /// Its word in `[desk] columns`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Urgency => "urgency",
            Self::Due => "due",
            Self::Amount => "amount",
            Self::Id => "id",
            Self::Change => "changed",
            Self::Status => "status",
            Self::Result => "result",
            Self::Order => "order",
            Self::User => "user",
            Self::Words => "tags",
            Self::Data => "as-of",
        }
    }

    /// The column of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.word() == word)
    }
}

/// The columns of a list, with those that are always there before them where the list does not name them.
pub fn with_kept(own: &[Column]) -> Vec<Column> {
    let missing = Column::KEPT.into_iter().filter(|kept| !own.contains(kept));
    missing.chain(own.iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_names_its_column_and_no_other() {
        for column in Column::ALL {
            assert_eq!(Column::from_word(column.word()), Some(column));
        }
        assert_eq!(Column::from_word("fee"), None);
    }

    #[test]
    fn due_date_and_id_are_always_there() {
        use Column::{Amount, Due, Id, Order};
        assert_eq!(with_kept(&[Amount, Order]), [Due, Id, Amount, Order]);
        assert_eq!(with_kept(&[Id, Amount]), [Due, Id, Amount]);
        assert_eq!(with_kept(&[Amount, Id, Due]), [Amount, Id, Due]);
    }
}
