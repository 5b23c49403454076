/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Preferences, and the table of secrets with which logins are verified. */

#include "shim.h"

#include <epan/uat.h>

#include <fcntl.h>
#include <unistd.h>

/* What begins so stands elsewhere: in the environment, or in the first line of a file. */
#define IN_ENVIRONMENT "env:"
#define IN_FILE "file:"

/* Most bytes of such a line, with its NUL. */
#define MAX_SECRET 4096

/* A row of the table of secrets. */
typedef struct {
    char *account;
    char *password;
    char *secret;
} SecretRow;

msn_bool msn_look_on_other_ports;
msn_bool msn_reassemble = TRUE;

static msn_bool hide_texts;

static SecretRow *secrets;
static unsigned secret_count;

UAT_CSTRING_CB_DEF(secrets, account, SecretRow)
UAT_CSTRING_CB_DEF(secrets, password, SecretRow)
UAT_CSTRING_CB_DEF(secrets, secret, SecretRow)

static void *copy_secret(void *to, const void *from, size_t size _U_)
{
    const SecretRow *row = (const SecretRow *)from;
    SecretRow *copy = (SecretRow *)to;

    copy->account = g_strdup(row->account);
    copy->password = g_strdup(row->password);
    copy->secret = g_strdup(row->secret);
    return copy;
}

static void free_secret(void *record)
{
    SecretRow *row = (SecretRow *)record;

    g_free(row->account);
    g_free(row->password);
    g_free(row->secret);
}

static bool stands_elsewhere(const char *text)
{
    return g_str_has_prefix(text, IN_ENVIRONMENT) || g_str_has_prefix(text, IN_FILE);
}

/* The secret itself, to be freed; NULL with a warning where it should stand elsewhere and does not. */
static char *resolved(const char *text)
{
    char line[MAX_SECRET];
    ssize_t got;
    int file;

    if (text == NULL || !stands_elsewhere(text)) {
        return g_strdup(text);
    }
    if (g_str_has_prefix(text, IN_ENVIRONMENT)) {
        const char *value = g_getenv(text + strlen(IN_ENVIRONMENT));

        if (value == NULL) {
            ws_warning("msn: there is no environment variable %s", text + strlen(IN_ENVIRONMENT));
        }
        return g_strdup(value);
    }
    file = open(text + strlen(IN_FILE), O_RDONLY);
    got = file < 0 ? -1 : read(file, line, sizeof line - 1);
    if (file >= 0) {
        close(file);
    }
    if (got <= 0) {
        ws_warning("msn: no line can be read from %s", text + strlen(IN_FILE));
        return NULL;
    }
    line[got] = '\0';
    line[strcspn(line, "\r\n")] = '\0';
    return g_strdup(line);
}

static msn_callback_bool check_secret(void *record, char **error)
{
    const SecretRow *row = (const SecretRow *)record;

    if (row->account == NULL || row->account[0] == '\0') {
        *error = g_strdup("An account is needed.");
        return FALSE;
    }
    if (row->secret != NULL && !stands_elsewhere(row->secret) && !msn_secret_valid(row->secret)) {
        *error = g_strdup("The single sign-on secret is not base64.");
        return FALSE;
    }
    return TRUE;
}

void msn_register_preferences(void)
{
    static uat_field_t fields[] = {
        UAT_FLD_CSTRING(secrets, account, "Account", "E-mail address of the account"),
        UAT_FLD_CSTRING(secrets, password, "Password", 
                        "Verifies MD5 logins (MSNP2 to MSNP7); may be empty. It is stored in clear in the profile; "
                        "env:NAME stands for an environment variable, file:PATH for the first line of a file"),
        UAT_FLD_CSTRING(secrets, secret, "SSO secret",
                        "Binary secret of the login service in base64, verifies single sign-on (MSNP15 and later); "
                        "may be empty. Stored in clear; env:NAME and file:PATH as for passwords"),
        UAT_END_FIELDS
    };
    module_t *module = prefs_register_protocol(msn_registry.protocols[0], NULL);
    uat_t *table = uat_new("MSN Messenger secrets", sizeof(SecretRow), "msn_secrets", TRUE, &secrets, &secret_count,
                           UAT_AFFECTS_DISSECTION, NULL, copy_secret, check_secret, free_secret, NULL, NULL, fields);

    prefs_register_bool_preference(module, "desegment", "Reassemble commands spanning multiple TCP segments",
                                   "Whether commands that were cut by TCP are put together. To use this, \"Allow "
                                   "subdissectors to reassemble TCP streams\" must be enabled for TCP, too",
                                   &msn_reassemble);
    prefs_register_bool_preference(module, "hide_texts", "Hide the text of messages in the packet list",
                                   "What people wrote to each other is left out of the Info column, and of the lines of "
                                   "the tree that repeat it, for screens that others see. Passwords and tickets never "
                                   "stand there. The fields keep their values",
                                   &hide_texts);
    prefs_register_bool_preference(module, "look_on_other_ports", "Look for MSN on the ports of other protocols",
                                   "Finds tunnels through proxies to such ports, and connections to them that began "
                                   "before they were announced. While a capture is open, HTTP, SOCKS and the owners of "
                                   "announced ports are then called through this dissector, which Decode As shows",
                                   &msn_look_on_other_ports);
    prefs_register_uat_preference(module, "secrets", "Secrets of accounts",
                                  "Passwords and single sign-on secrets with which logins are verified. The table is stored in "
                                  "clear in the profile; env:NAME or file:PATH in place of a secret names where it stands",
                                  table);
}

void msn_tell_preferences(void)
{
    msn_session_hide_texts(msn_session, hide_texts);
    for (unsigned i = 0; i < secret_count; i++) {
        char *password = resolved(secrets[i].password);
        char *secret = resolved(secrets[i].secret);

        if (!msn_session_secret(msn_session, secrets[i].account, password, secret)) {
            ws_warning("msn: the secrets of %s cannot be used", secrets[i].account);
        }
        g_free(password);
        g_free(secret);
    }
}
