/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Stands in for sudo where a machine has none, in the mount namespace of a test: lets whom a file below /etc/sudoers.d
 * names run a command as root, with an environment of its own, as `sudo -n -- COMMAND` does.
 */
#include <dirent.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int allows(const char *name)
{
	char path[512], word[64];
	struct dirent *entry;
	DIR *folder = opendir("/etc/sudoers.d");
	int found = 0;

	while (folder && (entry = readdir(folder))) {
		FILE *file;

		if (strchr(entry->d_name, '.'))
			continue;
		snprintf(path, sizeof(path), "/etc/sudoers.d/%s", entry->d_name);
		file = fopen(path, "r");
		if (file && fscanf(file, "%63s", word) == 1 && !strcmp(word, name))
			found = 1;
		if (file)
			fclose(file);
	}
	if (folder)
		closedir(folder);
	return found;
}

int main(int argc, char **argv)
{
	char *environment[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "SUDO_UID=65534", "SUDO_GID=65534", NULL };
	struct passwd *user = getpwuid(getuid());

	if (argc < 4 || strcmp(argv[1], "-n") || strcmp(argv[2], "--"))
		return 2;
	if (!user || !allows(user->pw_name)) {
		fputs("sudo: a password is required\n", stderr);
		return 1;
	}
	if (setgroups(0, NULL) || setgid(0) || setuid(0))
		return 1;
	execvpe(argv[3], argv + 3, environment);
	return 127;
}
