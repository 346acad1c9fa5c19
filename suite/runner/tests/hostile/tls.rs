//! Certificates that are right, wrong, or asked of us: each refusal says what to do about it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use setpresence_core::judge::Verdict;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use crate::check::{run_on, said};
use crate::server::{request, well};

/// Where the servers of these tests are.
const HOST: &str = "127.0.0.1";

/// A certificate and its key, in PEM form.
struct Pair {
    certificate: String,
    key: String,
}

/// Who issues certificates.
struct Authority {
    certificate: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap().pem();
        Self { certificate, issuer: Issuer::new(params, key) }
    }

    fn issue(&self, host: &str, years: (i32, i32)) -> Pair {
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        (params.not_before, params.not_after) = (date_time_ymd(years.0, 1, 1), date_time_ymd(years.1, 1, 1));
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap().pem();
        Pair { certificate, key: key.serialize_pem() }
    }
}

/// A folder of this test's own, gone with the value.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("tls-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Serves well behind this certificate; asks for one that `clients` has issued, if there is such.
async fn serve(pair: &Pair, clients: Option<&Authority>) -> String {
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap();
    let config = match clients {
        None => config.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(CertificateDer::from_pem_slice(authority.certificate.as_bytes()).unwrap()).unwrap();
            let provider = Arc::new(default_provider());
            config.with_client_cert_verifier(
                WebPkiClientVerifier::builder_with_provider(roots.into(), provider).build().unwrap(),
            )
        }
    };
    let chain = vec![CertificateDer::from_pem_slice(pair.certificate.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(pair.key.as_bytes()).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config.with_single_cert(chain, key).unwrap()));
    let listener = TcpListener::bind((HOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                while let Ok(Some(head)) = request(&mut stream).await {
                    if stream.write_all(well(&head).as_bytes()).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    format!("https://{address}/beta")
}

/// Runs on that target and wants both cases to pass, or neither and for that reason.
async fn check(name: &str, base: &str, tls: &str, wanted: Result<(), &str>) {
    let ran = run_on(&format!("base_url = \"{base}\"\n{tls}"), 1).await;
    for record in &ran.records {
        let said = said(record);
        match wanted {
            Ok(()) => assert_eq!(record.verdict, Verdict::Passed, "{name}: {said}"),
            Err(says) => {
                assert_eq!(record.verdict, Verdict::Inconclusive, "{name}: {said}");
                assert!(said.contains(says), "{name}: {said}");
            }
        }
    }
}

#[tokio::test]
async fn certificates_are_verified() {
    let folder = Folder::new();
    let (ours, theirs) = (Authority::new("ours"), Authority::new("theirs"));
    let ca = format!("tls.ca = {:?}", folder.file("ca.pem", &ours.certificate));
    let now = (2020, 2200);
    let nobody =
        "nobody we trust has issued its certificate; name that certificate, or its issuer's, as `ca` under [tls]";
    let rows = [
        ("issued by whom we trust", ours.issue(HOST, now), ca.as_str(), Ok(())),
        ("nobody is trusted", ours.issue(HOST, now), "", Err(nobody)),
        ("issued by others", theirs.issue(HOST, now), ca.as_str(), Err(nobody)),
        ("another name", ours.issue("other.example", now), ca.as_str(), Err("its certificate is for another name")),
        ("expired", ours.issue(HOST, (2020, 2021)), ca.as_str(), Err("its certificate has expired")),
        ("not yet valid", ours.issue(HOST, (2190, 2200)), ca.as_str(), Err("its certificate is not valid yet")),
    ];
    for (name, pair, tls, wanted) in rows {
        check(name, &serve(&pair, None).await, tls, wanted).await;
    }
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec![HOST.to_owned()]).unwrap().self_signed(&key).unwrap().pem();
    let named = format!("tls.ca = {:?}", folder.file("own.pem", &own));
    let base = serve(&Pair { certificate: own, key: key.serialize_pem() }, None).await;
    check("self-signed", &base, "", Err(nobody)).await;
    check("self-signed and named as trusted", &base, &named, Ok(())).await;
}

#[tokio::test]
async fn a_target_may_ask_who_we_are() {
    let folder = Folder::new();
    let (ours, theirs) = (Authority::new("ours"), Authority::new("theirs"));
    let ca = format!("tls.ca = {:?}", folder.file("ca.pem", &ours.certificate));
    let shown = |name: &str, pair: &Pair| {
        let certificate = folder.file(&format!("{name}.pem"), &pair.certificate);
        let key = folder.file(&format!("{name}.key"), &pair.key);
        format!("{ca}\ntls.certificate = {certificate:?}\ntls.key = {key:?}")
    };
    let base = serve(&ours.issue(HOST, (2020, 2200)), Some(&ours)).await;
    let known = shown("known", &ours.issue("client", (2020, 2200)));
    let unknown = shown("unknown", &theirs.issue("client", (2020, 2200)));
    check("a certificate that it knows", &base, &known, Ok(())).await;
    check("none", &base, &ca, Err("it wants a client certificate; give `certificate` and `key` under [tls]")).await;
    check("one of another issuer", &base, &unknown, Err("it does not take our client certificate")).await;
}

#[tokio::test]
async fn what_is_not_tls_is_told() {
    let listener = TcpListener::bind((HOST, 0)).await.unwrap();
    let base = format!("https://{}/beta", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            // What comes is not HTTP to a server that speaks no TLS.
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n").await;
        }
    });
    check(
        "https where http is spoken",
        &base,
        "",
        Err("it does not speak TLS there; is it http:// instead of https://"),
    )
    .await;
    let pair = Authority::new("ours").issue(HOST, (2020, 2200));
    let base = serve(&pair, None).await.replace("https", "http");
    check("http where TLS is spoken", &base, "", Err("what came is not an HTTP/1 answer")).await;
}
