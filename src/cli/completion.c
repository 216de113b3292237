/*
 * completion.c - completions for bash, zsh and fish, from the flag tables
 *
 * A value is completed from the words of an argument such as "keep|drop", from the
 * policies' names, or from file names.
 */
#include "docs.h"
#include "msg.h"

#include <string.h>

enum values { VALUES_NONE, VALUES_ANY, VALUES_WORDS, VALUES_FILES };

/* How the flag's value is completed; 'words' has the words with spaces between. */
static enum values values_of(const struct flag *f, char *words, size_t size)
{
	const struct sluice_policy_info *p;
	size_t len = 0;

	words[0] = '\0';
	if (!f->argument)
		return VALUES_NONE;
	if (!strcmp(f->name, "policy")) {
		for (size_t i = 0; (p = sluice_policy_at(i)) && len < size; i++)
			len += (size_t)snprintf(words + len, size - len, "%s%s", i ? " " : "",
			                        p->name);
		return VALUES_WORDS;
	}
	if (!strcmp(f->name, "allow")) {
		const struct sluice_check_info *check;

		for (size_t i = 0; (check = sluice_check_at(i)) && len < size; i++)
			if (!check->firm)
				len += (size_t)snprintf(words + len, size - len, "%s%s",
				                        len ? " " : "", check->name);
		return VALUES_WORDS;
	}
	if (!strcmp(f->argument, "FILE"))
		return VALUES_FILES;
	if (!strchr(f->argument, '|'))
		return VALUES_ANY;
	snprintf(words, size, "%s", f->argument);
	for (char *at = words; *at; at++)
		if (*at == '|')
			*at = ' ';
	return VALUES_WORDS;
}

static void command_names(const char *between)
{
	for (size_t i = 0; command_at(i); i++)
		out("%s%s", i ? between : "", command_at(i)->name);
}

/* ---- bash -------------------------------------------------------------------- */

static void bash_values(const struct command *c)
{
	const struct flag *f;
	char words[256];

	for (size_t i = 0; (f = flag_at(c, i)); i++) {
		const enum values v = values_of(f, words, sizeof(words));

		if (v == VALUES_NONE || f->how & (FLAG_HIDDEN | FLAG_OPTIONAL))
			continue;
		out("\t%s:--%s", c->name, f->name);
		if (f->letter)
			out("|%s:-%c", c->name, f->letter);
		if (v == VALUES_WORDS)
			out(") COMPREPLY=($(compgen -W '%s' -- \"$word\")); return ;;\n",
			    words);
		else if (v == VALUES_FILES)
			out(") COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n");
		else
			out(") return ;;\n");
	}
}

static void bash(void)
{
	const struct flag *f;

	out("# bash completion for sluice; made by 'sluice help --completion bash'\n"
	    "_sluice()\n{\n"
	    "\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
	    "\tlocal command=${COMP_WORDS[1]} flags=\n\n"
	    "\tCOMPREPLY=()\n"
	    "\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n"
	    "\t\tCOMPREPLY=($(compgen -W '");
	command_names(" ");
	out("' -- \"$word\"))\n\t\treturn\n\tfi\n\tcase $command:$before in\n");
	for (size_t i = 0; command_at(i); i++)
		bash_values(command_at(i));
	out("\tesac\n\tcase $command in\n");
	for (size_t i = 0; command_at(i); i++) {
		out("\t%s) flags='", command_at(i)->name);
		for (size_t n = 0; (f = flag_at(command_at(i), n)); n++)
			if (!(f->how & FLAG_HIDDEN))
				out("%s--%s", n ? " " : "", f->name);
		out("' ;;\n");
	}
	out("\tesac\n"
	    "\tcase $command:$word in\n"
	    "\t*:-*) COMPREPLY=($(compgen -W \"$flags\" -- \"$word\")) ;;\n"
	    "\thelp:*) COMPREPLY=($(compgen -W '");
	command_names(" ");
	out("' -- \"$word\")) ;;\n"
	    "\t*) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n"
	    "\tesac\n}\ncomplete -o filenames -F _sluice sluice\n");
}

/* ---- zsh --------------------------------------------------------------------- */

/* Help inside '...[...]' of _arguments. */
static void zsh_help(const char *text)
{
	for (; *text; text++) {
		if (*text == '\'')
			out("'\\''");
		else
			out(strchr("[]:\\", *text) ? "\\%c" : "%c", *text);
	}
}

static void zsh_flag(const struct flag *f, const char *dashes, const char *name, size_t len)
{
	char words[256];
	const enum values v = values_of(f, words, sizeof(words));
	const bool optional = f->how & FLAG_OPTIONAL, is_long = dashes[1];
	const char *joined = is_long ? (optional ? "=-" : "=") : (optional ? "-" : "+");

	out(" \\\n\t\t\t'%s%s%.*s%s[", f->how & FLAG_REPEATS ? "*" : "", dashes, (int)len, name,
	    v == VALUES_NONE ? "" : joined);
	zsh_help(f->help);
	out("]");
	if (v != VALUES_NONE) {
		out("%s:", optional ? ":" : "");
		zsh_help(f->argument);
		if (v == VALUES_WORDS)
			out(":(%s)", words);
		else
			out(v == VALUES_FILES ? ":_files" : ":");
	}
	out("'");
}

static void zsh(void)
{
	const struct flag *f;

	out("#compdef sluice\n# made by 'sluice help --completion zsh'\n"
	    "_sluice() {\n\tif (( CURRENT == 2 )); then\n\t\tlocal -a commands=(");
	for (size_t i = 0; command_at(i); i++) {
		out("\n\t\t\t'%s:", command_at(i)->name);
		zsh_help(command_at(i)->summary);
		out("'");
	}
	out(")\n\t\t_describe command commands\n\t\treturn\n\tfi\n"
	    "\tlocal command=$words[2]\n\tshift words\n\t(( CURRENT-- ))\n"
	    "\tcase $command in\n");
	for (size_t i = 0; command_at(i); i++) {
		const struct command *c = command_at(i);

		out("\t(%s)\n\t\t_arguments", c->name);
		for (size_t n = 0; (f = flag_at(c, n)); n++) {
			if (f->how & FLAG_HIDDEN)
				continue;
			zsh_flag(f, "--", f->name, strlen(f->name));
			if (f->letter)
				zsh_flag(f, "-", &f->letter, 1);
		}
		if (c == &command_help) {
			out(" \\\n\t\t\t'1:command:(");
			command_names(" ");
			out(")' ;;\n");
		} else {
			out(" \\\n\t\t\t'*:file:_files' ;;\n");
		}
	}
	out("\tesac\n}\n_sluice \"$@\"\n");
}

/* ---- fish -------------------------------------------------------------------- */

static void fish_text(const char *text)
{
	out("'");
	for (; *text; text++)
		out(*text == '\'' || *text == '\\' ? "\\%c" : "%c", *text);
	out("'");
}

static void fish_flags(const struct command *c)
{
	const struct flag *f;
	char words[256];

	for (size_t i = 0; (f = flag_at(c, i)); i++) {
		const enum values v = values_of(f, words, sizeof(words));

		if (f->how & FLAG_HIDDEN)
			continue;
		out("complete -c sluice -n '__fish_seen_subcommand_from %s' -l %s", c->name,
		    f->name);
		if (f->letter)
			out(" -s %c", f->letter);
		if (v == VALUES_WORDS)
			out(" -x -a '%s'", words);
		else if (v == VALUES_FILES)
			out(" -r -F");
		else if (v == VALUES_ANY && !(f->how & FLAG_OPTIONAL))
			out(" -x");
		out(" -d ");
		fish_text(f->help);
		out("\n");
	}
}

static void fish(void)
{
	out("# fish completion for sluice; made by 'sluice help --completion fish'\n");
	for (size_t i = 0; command_at(i); i++) {
		out("complete -c sluice -n __fish_use_subcommand -f -a %s -d ",
		    command_at(i)->name);
		fish_text(command_at(i)->summary);
		out("\n");
	}
	for (size_t i = 0; command_at(i); i++)
		fish_flags(command_at(i));
	out("complete -c sluice -n '__fish_seen_subcommand_from help' -f -a '");
	command_names(" ");
	out("'\n");
}

bool completion(const char *shell)
{
	static const struct {
		const char *name;
		void (*print)(void);
	} shells[] = { { "bash", bash }, { "zsh", zsh }, { "fish", fish } };

	for (size_t i = 0; i < sizeof(shells) / sizeof(*shells); i++) {
		if (!strcmp(shells[i].name, shell)) {
			shells[i].print();
			return true;
		}
	}
	return false;
}
