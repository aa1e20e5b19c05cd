/* SPDX-License-Identifier: MIT */
/* Attaches every program of a BPF object and waits for the end of its input: what the hooks alone cost. */
#include <bpf/libbpf.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct bpf_program *program;
	struct bpf_object *object;
	char byte;

	object = argc == 2 ? bpf_object__open_file(argv[1], NULL) : NULL;
	if (!object || bpf_object__load(object))
		return 1;
	bpf_object__for_each_program(program, object)
		if (!bpf_program__attach(program))
			return 1;
	puts("attached");
	fflush(stdout);
	while (read(0, &byte, 1) > 0)
		;
	return 0;
}
