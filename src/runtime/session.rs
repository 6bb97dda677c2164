//! Opens what a run needs: config, profile, list, keys, gateway. Each only when it is asked for: reading the list
//! must work on a host whose key file is gone.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use time::OffsetDateTime;

use crate::domain::deadline::Calendar;
use crate::gateway::{BuildError, Clock, Gateway, PrivateKey, PublicKey, Settings};
use crate::store::config::{Config, ConfigError, Paths, Profile};
use crate::store::keyfile::{self, KeyFileError};
use crate::store::{SqliteStore, StoreError};
