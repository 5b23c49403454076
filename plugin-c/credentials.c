/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tools > Credentials, and tshark -z credentials: the core says which lines prove an account. */

#include "shim.h"

#include <epan/tap.h>

/* What the list takes; from ui/tap-credentials.h, which is not installed. The same from Wireshark 4.0 to 4.6. */
typedef struct {
    unsigned frame;
    unsigned username_frame;
    int password_field;
    char *username;
    const char *protocol;
    char *info;
} Credential;

static int tap = -1;

bool msn_credentials_wanted(void)
{
    return have_tap_listener(tap);
}

void msn_tell_credentials(const MsnDissection *dissection, packet_info *pinfo)
{
    for (uint32_t i = 0; i < dissection->login_count; i++) {
        const MsnLogin *login = &dissection->logins[i];
        Credential *credential = wmem_new0(pinfo->pool, Credential);

        credential->frame = pinfo->num;
        credential->username_frame = pinfo->num;
        credential->password_field = msn_registry.fields[login->field];
        credential->username = wmem_strdup(pinfo->pool, login->account);
        credential->protocol = msn_registry.catalogue->protocols[0].short_name;
        credential->info = wmem_strdup(pinfo->pool, login->scheme);
        tap_queue_packet(tap, pinfo, credential);
    }
}

void msn_register_credentials(void)
{
    tap = register_tap("credentials");
}
