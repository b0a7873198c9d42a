"""What leaves the server: mail, plugins, webhooks, privacy and air gap behind one switch, and nothing at all in a drill."""

from __future__ import annotations

from components.platform.mattermost_values import Reference, Settings, escaped, flag
from components.sections import Banner, Smtp

NOWHERE = "localhost"  # a mail server that cannot be: whatever the restored configuration says, mail ends here
DRILL_BANNER = Banner(text="DRILL DRILL DRILL - a disposable copy. Nothing here reaches anyone.", colour="#8B0000")


def extensions() -> Settings:
    """Only what comes with the server: no uploads, signatures required, no webhook, command or application (PREP-31, AIR-35).

    Bots stay possible for the heartbeat: their tokens do not need what is off here for people.
    """
    return {
        "MM_PLUGINSETTINGS_ENABLE": "true",
        "MM_PLUGINSETTINGS_ENABLEUPLOADS": "false",
        "MM_PLUGINSETTINGS_ALLOWINSECUREDOWNLOADURL": "false",
        "MM_PLUGINSETTINGS_AUTOMATICPREPACKAGEDPLUGINS": "true",
        "MM_PLUGINSETTINGS_REQUIREPLUGINSIGNATURE": "true",
        "MM_SERVICESETTINGS_ENABLEINCOMINGWEBHOOKS": "false",
        "MM_SERVICESETTINGS_ENABLEOUTGOINGWEBHOOKS": "false",
        "MM_SERVICESETTINGS_ENABLEOUTGOINGOAUTHCONNECTIONS": "false",
        "MM_SERVICESETTINGS_ENABLECOMMANDS": "false",
        "MM_SERVICESETTINGS_ENABLEOAUTHSERVICEPROVIDER": "false",
        "MM_SERVICESETTINGS_ENABLEBOTACCOUNTCREATION": "true",
        "MM_SERVICESETTINGS_ENABLEUSERACCESSTOKENS": "false",
    }


def mail(smtp: Smtp | None, password: Reference | None) -> Settings:
    """Outgoing mail over TLS with the server's certificate verified, or none at all (PREP-17, PREP-24, C-11)."""
    if smtp is None or password is None:
        return {
            "MM_EMAILSETTINGS_SENDEMAILNOTIFICATIONS": "false",
            "MM_EMAILSETTINGS_ENABLEPREVIEWMODEBANNER": "false",
            "MM_EMAILSETTINGS_SMTPSERVER": NOWHERE,
        }
    return {
        "MM_EMAILSETTINGS_SENDEMAILNOTIFICATIONS": "true",
        "MM_EMAILSETTINGS_SMTPSERVER": smtp.host,
        "MM_EMAILSETTINGS_SMTPPORT": str(smtp.port),
        "MM_EMAILSETTINGS_CONNECTIONSECURITY": "TLS" if smtp.port == 465 else "STARTTLS",
        "MM_EMAILSETTINGS_SKIPSERVERCERTIFICATEVERIFICATION": "false",
        "MM_EMAILSETTINGS_ENABLESMTPAUTH": "true",
        "MM_EMAILSETTINGS_SMTPUSERNAME": smtp.username,
        "MM_EMAILSETTINGS_SMTPPASSWORD": password,
        "MM_EMAILSETTINGS_FEEDBACKEMAIL": smtp.sender,
        "MM_EMAILSETTINGS_REPLYTOADDRESS": smtp.sender,
        "MM_EMAILSETTINGS_EMAILNOTIFICATIONCONTENTSTYPE": "generic",
    }


def privacy() -> Settings:
    """Every privacy and air-gap setting, behind `mattermost.private` (AIR-13, AIR-40 to AIR-46)."""
    return {
        "MM_EMAILSETTINGS_SENDPUSHNOTIFICATIONS": "false",
        "MM_EMAILSETTINGS_PUSHNOTIFICATIONCONTENTS": "generic",
        "MM_SERVICESETTINGS_ENABLELINKPREVIEWS": "false",
        "MM_SERVICESETTINGS_ENABLEGIFPICKER": "false",
        "MM_SERVICESETTINGS_ENABLESECURITYFIXALERT": "false",
        "MM_ANNOUNCEMENTSETTINGS_ADMINNOTICESENABLED": "false",
        "MM_ANNOUNCEMENTSETTINGS_USERNOTICESENABLED": "false",
        "MM_LOGSETTINGS_ENABLEDIAGNOSTICS": "false",
        "MM_LOGSETTINGS_ENABLESENTRY": "false",
        "MM_PLUGINSETTINGS_ENABLEMARKETPLACE": "false",
        "MM_PLUGINSETTINGS_ENABLEREMOTEMARKETPLACE": "false",
        "MM_CLOUDSETTINGS_DISABLE": "true",
        "MM_SUPPORTSETTINGS_ENABLEASKCOMMUNITYLINK": "false",
        "MM_IMAGEPROXYSETTINGS_ENABLE": "false",
        "MM_IMAGEPROXYSETTINGS_IMAGEPROXYTYPE": "local",
    }


def banner(shown: Banner | None) -> Settings:
    """A banner over every page that nobody can put away (PREP-49)."""
    if shown is None:
        return {"MM_ANNOUNCEMENTSETTINGS_ENABLEBANNER": "false"}
    return {
        "MM_ANNOUNCEMENTSETTINGS_ENABLEBANNER": "true",
        "MM_ANNOUNCEMENTSETTINGS_BANNERTEXT": escaped(shown.text),
        "MM_ANNOUNCEMENTSETTINGS_BANNERCOLOR": shown.colour,
        "MM_ANNOUNCEMENTSETTINGS_BANNERTEXTCOLOR": "#FFFFFF",
        "MM_ANNOUNCEMENTSETTINGS_ALLOWBANNERDISMISSAL": "false",
    }


def jobs(*, running: bool) -> Settings:
    """Whether the server runs jobs and their scheduler."""
    return {"MM_JOBSETTINGS_RUNJOBS": flag(running), "MM_JOBSETTINGS_RUNSCHEDULER": flag(running)}


def drill() -> Settings:
    """A restored copy that reaches nobody, whatever the restored configuration says (ADR 0013)."""
    return (
        mail(None, None)
        | privacy()
        | extensions()
        | banner(DRILL_BANNER)
        | jobs(running=False)
        | {
            "MM_EMAILSETTINGS_PUSHNOTIFICATIONSERVER": "",
            "MM_MESSAGEEXPORTSETTINGS_ENABLEEXPORT": "false",
        }
    )
