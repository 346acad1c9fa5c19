//! Why a run cannot begin. What goes wrong with a target during a run is data, not an error.

use setpresence_core::case::text::Problem;
use thiserror::Error;

/// Bad input, or a world in which no run can begin.
#[derive(Debug, Error)]
pub enum RunError {
    /// The target file has mistakes; all of them are here, in the order of the text.
    #[error("{}", lines(.0))]
    TargetFile(Vec<Problem>),
    /// The base URL is not one.
    #[error("`{url}` is not a base URL: {why}; give one such as http://127.0.0.1:4010/beta")]
    BaseUrl {
        /// The text as it was given.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// Nobody said whose presence may be changed on a host that is not this machine.
    #[error(
        "nobody said whose presence may be changed on {host}: the run sets and clears presences there; name test users with --user or `users` in the target file"
    )]
    UsersNotNamed {
        /// The target's host.
        host: String,
    },
    /// A delegated token belongs to somebody who is not among the users that may be changed.
    #[error(
        "`{credential}` belongs to the user {user}, whom nobody named: the run would change their presence on {host}; add them with --user or to `users` in the target file, or leave the credential out"
    )]
    OwnerNotNamed {
        /// The credential.
        credential: String,
        /// Whom its token belongs to.
        user: String,
        /// The target's host.
        host: String,
    },
    /// A variable that a secret is taken from is not set.
    #[error(
        "`{wanted_by}` is taken from the environment variable `{variable}`, which is not set; set it or change the target file"
    )]
    Unset {
        /// The credential or secret.
        wanted_by: String,
        /// The variable's name.
        variable: String,
    },
    /// A file that a secret is taken from cannot be read.
    #[error(
        "`{wanted_by}` is taken from the file `{path}`, which cannot be read ({cause}); create it or change the target file"
    )]
    Unread {
        /// The credential or secret.
        wanted_by: String,
        /// The file's path.
        path: String,
        /// What the system says.
        cause: std::io::Error,
    },
    /// A command that a token is taken from did not give one.
    #[error("`{wanted_by}` is taken from the command `{program}`, which {why}; run it by hand to see more")]
    Command {
        /// The credential or secret.
        wanted_by: String,
        /// The program's name, without its arguments: these may be secret.
        program: String,
        /// What happened.
        why: String,
    },
    /// A token service did not give a token.
    #[error(
        "`{wanted_by}` is taken from the token service `{url}`, which {why}; check token_url, client_id, client_secret and scope"
    )]
    TokenService {
        /// The credential or secret.
        wanted_by: String,
        /// The token service's address.
        url: String,
        /// What happened.
        why: String,
    },
    /// What a source gave cannot be a token.
    #[error("`{wanted_by}`: what its source gives {why}; a token is one line of visible ASCII characters")]
    NotAToken {
        /// The credential or secret.
        wanted_by: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// No token can be signed with the key of `[mint]`.
    #[error("`mint.jwt` cannot sign tokens: {why}; give an HS256 secret, or an RSA private key in PEM form for RS256")]
    Mint {
        /// What is wrong with the key.
        why: String,
    },
    /// A certificate that the target file names cannot be used.
    #[error("`{wanted_by}` is `{path}`, which cannot be used ({why}); give certificates and keys in PEM form")]
    Certificate {
        /// The key of the target file.
        wanted_by: &'static str,
        /// The file's path.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// The HTTP client cannot be set up.
    #[error("the HTTP client cannot be set up: {why}; check the proxy and certificate settings of this machine")]
    Client {
        /// What is wrong.
        why: String,
    },
}

fn lines(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
