/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Preferences, and the table of secrets with which logins are verified. */

#include "shim.h"

#include <epan/uat.h>

/* A row of the table of secrets. */
typedef struct {
    char *account;
    char *password;
    char *secret;
} SecretRow;

msn_bool msn_look_on_other_ports;

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

static msn_callback_bool check_secret(void *record, char **error)
{
    const SecretRow *row = (const SecretRow *)record;

    if (row->account == NULL || row->account[0] == '\0') {
        *error = g_strdup("An account is needed.");
        return FALSE;
    }
    if (!msn_secret_valid(row->secret)) {
        *error = g_strdup("The single sign-on secret is not base64.");
        return FALSE;
    }
    return TRUE;
}

void msn_register_preferences(void)
{
    static uat_field_t fields[] = {
        UAT_FLD_CSTRING(secrets, account, "Account", "E-mail address of the account"),
        UAT_FLD_CSTRING(secrets, password, "Password", "Verifies MD5 logins (MSNP2 to MSNP7); may be empty"),
        UAT_FLD_CSTRING(secrets, secret, "SSO secret",
                        "Binary secret of the login service in base64, verifies single sign-on (MSNP15 and later); "
                        "may be empty"),
        UAT_END_FIELDS
    };
    module_t *module = prefs_register_protocol(msn_registry.protocols[0], NULL);
    uat_t *table = uat_new("MSN Messenger secrets", sizeof(SecretRow), "msn_secrets", TRUE, &secrets, &secret_count,
                           UAT_AFFECTS_DISSECTION, NULL, copy_secret, check_secret, free_secret, NULL, NULL, fields);

    prefs_register_bool_preference(module, "look_on_other_ports", "Look for MSN on the ports of other protocols",
                                   "Finds tunnels through proxies to such ports, and connections to them that began "
                                   "before they were announced. While a capture is open, HTTP, SOCKS and the owners of "
                                   "announced ports are then called through this dissector, which Decode As shows",
                                   &msn_look_on_other_ports);
    prefs_register_uat_preference(module, "secrets", "Secrets of accounts",
                                  "Passwords and single sign-on secrets with which logins are verified", table);
}

void msn_tell_secrets(void)
{
    for (unsigned i = 0; i < secret_count; i++) {
        msn_session_secret(msn_session, secrets[i].account, secrets[i].password, secrets[i].secret);
    }
}
