//! `mall-users.md`, dealers (经销商): registration with two codes, sign-in, what dealers change of themselves, and their
//! papers, which are an extension.

#[cfg(feature = "openapi")]
mod describe;
mod forms;
mod views;

#[cfg(feature = "openapi")]
pub use describe::describe;

use shared::{
    boot::{CODES, Error, FIELDS, Function, GATE, Need, PICTURES, Parts, SIGN_IN, TABLES},
    domain::{account::Realm, day::local_day, reason::Failure, session::Caller},
    service::{
        dealer::{Dealers, Settings, favicon_named},
        papers::Submissions,
    },
    wire::{
        Access, Call, Fields, Router, Routes,
        envelope::Picture,
        mall::{Mall, MallPicture, Spelling, Success},
    },
};
use std::sync::Arc;

/// What the function needs from its environment.
pub const FUNCTION: Function = Function {
    name: env!("CARGO_PKG_NAME"),
    needs: &[
        TABLES,
        GATE,
        SIGN_IN,
        CODES,
        PICTURES,
        FIELDS,
        Need::of(&["REGISTER_PER_IP_MINUTE", "CAPTCHA_PER_IP_MINUTE", "CAPTCHA_AFTER_SENDS", "MALL_TELL_UNKNOWN_USER"]),
    ],
};

/// What the handlers work with.
#[derive(Debug)]
pub struct App {
    pub dealers: Dealers,
    pub papers: Submissions,
}

impl App {
    pub async fn new(parts: &Parts) -> Result<Self, Error> {
        let (sign_in, captchas, pictures) = (parts.sign_in()?, parts.captchas()?, parts.pictures()?);
        let settings = Settings {
            registrations_per_minute: parts.variables.limit("REGISTER_PER_IP_MINUTE")?,
            sends_without_captcha: parts.variables.limit("CAPTCHA_AFTER_SENDS")?,
            tells_unknown_user: parts.variables.switch("MALL_TELL_UNKNOWN_USER")?,
            public_address: parts.variables.get("PUBLIC_ADDRESS").trim_end_matches('/').to_owned(),
        };
        Ok(Self {
            dealers: Dealers::new(parts.store.clone(), sign_in, parts.codes()?, captchas, pictures, settings),
            papers: parts.submissions().await?,
        })
    }
}

/// The function as it answers HTTP.
pub async fn router(parts: &Parts) -> Result<Router, Error> {
    Ok(routes().serve(&parts.front()?, App::new(parts).await?))
}

const REALM: &[Realm] = &[Realm::MallDealer];
const DEALERS: Access = Access::SignedIn(REALM);

/// #18 to #29 of the contracts. The document has no method for the last four; both that change something are taken, and
/// GET, which a picture on any page could send, is not. The last five are ours, three of them in the
/// shape of #14 to #16.
pub fn routes() -> Routes<Mall, App> {
    let favicons = Routes::<MallPicture, App>::new(&[]).public("GET", "/user/dealer/favicon/{name}", favicon);
    Routes::new(&["/user/dealer/{proxy+}"])
        .public("POST", "/user/dealer/login", log_in)
        .known("POST", "/user/dealer/sendPhoneNum", REALM, send_code)
        .known("POST", "/user/dealer/verifyPhoneNum", REALM, verify_code)
        .public("POST", "/user/dealer/sendGraphCode", send_picture)
        .public("POST", "/user/dealer/verifyPicCode", verify_picture)
        .public("POST", "/user/dealer/register", register)
        .public("POST", "/user/dealer/reset", reset)
        .guarded("POST", "/user/dealer/editPhone", DEALERS, edit_phone)
        .guarded("POST", "/user/dealer/editGender", DEALERS, edit_gender)
        .guarded("PUT", "/user/dealer/editGender", DEALERS, edit_gender)
        .guarded("POST", "/user/dealer/editNickname", DEALERS, edit_nickname)
        .guarded("PUT", "/user/dealer/editNickname", DEALERS, edit_nickname)
        .guarded("POST", "/user/dealer/editFavicon", DEALERS, edit_favicon)
        .guarded("PUT", "/user/dealer/editFavicon", DEALERS, edit_favicon)
        .upload("POST", "/user/dealer/uploadFavicon", DEALERS, upload_favicon)
        .upload("PUT", "/user/dealer/uploadFavicon", DEALERS, upload_favicon)
        .upload("POST", "/user/dealer/euploadFavicon", DEALERS, upload_favicon)
        .upload("PUT", "/user/dealer/euploadFavicon", DEALERS, upload_favicon)
        .upload("POST", "/user/dealer/uploadFrontImg", DEALERS, upload_front)
        .upload("POST", "/user/dealer/uploadQualification", DEALERS, upload_qualification)
        .guarded("POST", "/user/dealer/submit", DEALERS, hand_in)
        .guarded("POST", "/user/dealer/info", DEALERS, info)
        .with(favicons)
}

async fn log_in(app: Arc<App>, mut call: Call) -> Result<Success, Failure> {
    let form = call.read(forms::Login::parse)?;
    let (issued, profile) = app.dealers.log_in(&form.phone, form.password, call.origin(), call.now().real).await?;
    let answer = Success::data(Spelling::Number, &views::Dealer::of(&profile))?;
    Ok(answer.with_token(issued.token))
}

async fn send_code(app: Arc<App>, caller: Option<Caller>, mut call: Call) -> Result<Success, Failure> {
    let (device, phone) = call.read(forms::send_code)?;
    app.dealers.send_code(caller.as_ref(), (&device, phone), call.origin(), call.now().real).await?;
    Ok(Success::done(Spelling::Text))
}

async fn verify_code(app: Arc<App>, caller: Option<Caller>, mut call: Call) -> Result<Success, Failure> {
    let given = call.read(forms::verify_code)?;
    app.dealers.verify_code(caller.as_ref(), given, call.origin(), call.now().real).await?;
    Ok(Success::done(Spelling::Text))
}

async fn send_picture(app: Arc<App>, mut call: Call) -> Result<Success, Failure> {
    let device = call.read(forms::device)?;
    let address = app.dealers.captchas.show(&device, call.origin(), call.now().real).await?;
    Success::data(Spelling::Text, &views::Picture { pic_url: &address })
}

async fn verify_picture(app: Arc<App>, mut call: Call) -> Result<Success, Failure> {
    let (device, guess) = call.read(forms::guess)?;
    app.dealers.captchas.solve(&device, &guess, call.now().real).await?;
    Ok(Success::done(Spelling::Text))
}

async fn register(app: Arc<App>, mut call: Call) -> Result<Success, Failure> {
    let wish = call.read(forms::registration)?;
    let (issued, profile) = app.dealers.register(wish, call.origin(), call.now().real).await?;
    let answer = Success::data(Spelling::Number, &views::Dealer::of(&profile))?;
    Ok(answer.with_token(issued.token))
}

async fn reset(app: Arc<App>, mut call: Call) -> Result<Success, Failure> {
    let wish = call.read(forms::new_password)?;
    let issued = app.dealers.change_password(wish, call.origin(), call.now().real).await?;
    Ok(Success::done(Spelling::Number).with_token(issued.token))
}

async fn edit_phone(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let wish = call.read(forms::new_phone)?;
    let issued = app.dealers.change_phone(&caller, wish, call.origin(), call.now().real).await?;
    Ok(Success::done(Spelling::Number).with_token(issued.token))
}

async fn edit_gender(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (named, gender) = call.read(forms::gender)?;
    app.dealers.set_gender(&caller, &named, gender, call.now().real).await?;
    Ok(Success::done(Spelling::Number))
}

async fn edit_nickname(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (named, name) = call.read(forms::nickname)?;
    app.dealers.set_nickname(&caller, &named, name, call.now().real).await?;
    Ok(Success::done(Spelling::Number))
}

async fn edit_favicon(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (named, address) = call.read(forms::favicon)?;
    app.dealers.set_favicon(&caller, &named, &address, (call.origin(), call.now().real)).await?;
    Ok(Success::done(Spelling::Number))
}

/// The document prints this path in two spellings; both lead here.
async fn upload_favicon(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let picture = call.read(Fields::picture)?;
    let address = app.dealers.upload_favicon(&caller, picture, (call.origin(), call.now().real)).await?;
    Success::data(Spelling::Number, &views::Favicon { favicon: &address })
}

/// Anybody may look at a favicon who has its address.
async fn favicon(app: Arc<App>, call: Call) -> Result<Picture, Failure> {
    let key = favicon_named(call.path("name"))?;
    let content = if call.has(&key.tag()) { None } else { Some(app.dealers.favicon(&key).await?) };
    Ok(Picture { tag: key.tag(), content, keep: Picture::PUBLIC })
}

async fn upload_front(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (phone, picture) = call.read(forms::picture_of_papers)?;
    let address = app.papers.upload(&caller, &phone, picture, call.now().real).await?;
    Success::data(Spelling::Text, &views::Front { front_img: &address })
}

async fn upload_qualification(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let (phone, picture) = call.read(forms::picture_of_papers)?;
    let address = app.papers.upload(&caller, &phone, picture, call.now().real).await?;
    Success::data(Spelling::Text, &views::Qualification { qualification: &address })
}

async fn hand_in(app: Arc<App>, caller: Caller, mut call: Call) -> Result<Success, Failure> {
    let today = local_day(call.now().real);
    let submission = call.read(|fields| forms::submission(fields, today))?;
    let papers = app.papers.hand_in(&caller, &submission, call.origin(), call.now()).await?;
    Success::data(Spelling::Text, &views::Papers::of(&papers))
}

async fn info(app: Arc<App>, caller: Caller, call: Call) -> Result<Success, Failure> {
    let profile = app.dealers.profile(&caller.account, call.origin()).await?;
    let papers = app.papers.own(&caller, call.now().real).await?;
    Success::data(Spelling::Number, &views::Info::of(&profile, &papers))
}
