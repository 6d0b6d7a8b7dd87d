/* SPDX-License-Identifier: Apache-2.0 */
/* The command `locket` of Zephyr's shell; what it prints is written in Rust (`zephyr/board/src/report.rs`). */
#include <string.h>

#include <zephyr/shell/shell.h>

void locket_shell_ps(const void *shell);
void locket_shell_logs(const void *shell);
void locket_shell_stats(const void *shell);
bool locket_shell_kill(const char *name, size_t length);

static int ps(const struct shell *shell, size_t argc, char **argv)
{
	ARG_UNUSED(argc);
	ARG_UNUSED(argv);
	locket_shell_ps(shell);
	return 0;
}

static int logs(const struct shell *shell, size_t argc, char **argv)
{
	ARG_UNUSED(argc);
	ARG_UNUSED(argv);
	locket_shell_logs(shell);
	return 0;
}

static int stats(const struct shell *shell, size_t argc, char **argv)
{
	ARG_UNUSED(argc);
	ARG_UNUSED(argv);
	locket_shell_stats(shell);
	return 0;
}

static int kill(const struct shell *shell, size_t argc, char **argv)
{
	ARG_UNUSED(argc);
	if (locket_shell_kill(argv[1], strlen(argv[1]))) {
		return 0;
	}
	shell_error(shell, "no container `%s` runs or waits for its restart", argv[1]);
	return -ESRCH;
}

SHELL_STATIC_SUBCMD_SET_CREATE(commands,
	SHELL_CMD_ARG(ps, NULL, "containers: state, starts, processor time, memory, free stack", ps, 1, 0),
	SHELL_CMD_ARG(logs, NULL, "the last lines of the event log", logs, 1, 0),
	SHELL_CMD_ARG(stats, NULL, "kernel tables, channels, denials, memory", stats, 1, 0),
	SHELL_CMD_ARG(kill, NULL, "end a container: kill NAME", kill, 2, 0),
	SHELL_SUBCMD_SET_END);

SHELL_CMD_REGISTER(locket, &commands, "containers of this device", NULL);
