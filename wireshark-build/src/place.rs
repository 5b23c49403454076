// SPDX-License-Identifier: GPL-2.0-or-later
//! Where programs run: on this machine, or in another Debian root folder.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Enters a root folder: `$1` is the root, `$2` the number of folders that follow, then come the folders that must
/// appear in it under their own path, then the program. Runs in a mount namespace of its own, so that no mount is left
/// behind however it ends.
const ENTER: &str = r#"
set -e
root=$1; count=$2; shift 2
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
while [ "$count" -gt 0 ]; do
    mkdir -p "$root$1"
    mount --bind "$1" "$root$1"
    parent=$1
    while [ "$parent" != / ]; do
        parent=$(dirname "$parent")
        chmod a+rx "$root$parent"
    done
    count=$((count - 1)); shift
done
exec chroot "$root" "$@"
"#;

/// A Debian system: this machine's, or one in a root folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    root: Option<PathBuf>,
    shared: Vec<PathBuf>,
}

impl Place {
    /// This machine.
    pub fn here() -> Self {
        Self::default()
    }

    /// The system in a root folder. The `shared` folders of this machine appear in it under their own paths, and
    /// everybody there may enter the folders above them. Only root can start programs in it.
    pub fn root(root: &Path, shared: &[&Path]) -> Self {
        // A folder inside another comes with it; mounting it again would change the outer one.
        let outermost = |folder: &&&Path| {
            let inside = |other: &&Path| folder.starts_with(other) && **folder != *other;
            !shared.iter().any(inside)
        };
        Self {
            root: Some(root.into()),
            shared: shared.iter().filter(outermost).map(|folder| folder.to_path_buf()).collect(),
        }
    }

    /// A program of that place.
    pub fn command(&self, program: &str) -> Command {
        let Some(root) = &self.root else {
            return Command::new(program);
        };
        let mut command = Command::new("unshare");
        command.args(["--mount", "--propagation=private", "sh", "-c", ENTER, "sh"]);
        command.arg(root).arg(self.shared.len().to_string());
        command.args(&self.shared).arg(program);
        command
    }

    /// How this machine sees a path of that place.
    pub fn path(&self, inside: &str) -> PathBuf {
        match &self.root {
            None => inside.into(),
            Some(root) => root.join(inside.trim_start_matches('/')),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_and_paths_of_both_places() {
        let here = Place::here();
        assert_eq!(here.command("gcc").get_program(), "gcc");
        assert_eq!(here.path("/usr/include"), Path::new("/usr/include"));

        let shared = [Path::new("/src/target"), Path::new("/src")];
        let root = Place::root(Path::new("/r"), &shared);
        let gcc = root.command("gcc");
        assert_eq!(gcc.get_program(), "unshare");
        let tail: Vec<_> = gcc.get_args().skip(5).collect();
        assert_eq!(tail, ["sh", "/r", "1", "/src", "gcc"][..]);
        assert_eq!(root.path("/usr/include"), Path::new("/r/usr/include"));
    }
}
