/* SPDX-License-Identifier: MIT */
/*
 * Requests at a steady rate, whatever the answers take: every millisecond its share, each on the connection that was quiet for
 * longest. Prints the rate that it reached. Usage: paced PORT PATH RATE SECONDS
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS = 400, TICK_NS = 1000000 };

static int sockets[CONNECTIONS];
static int due[CONNECTIONS]; /* bytes of an answer that were not read yet */

static int connected(int port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int s = socket(AF_INET, SOCK_STREAM, 0);

	if (s < 0 || connect(s, (struct sockaddr *)&to, sizeof(to))) {
		perror("paced: connect");
		exit(1);
	}
	return s;
}

/* All answers are as long as the first one: what comes until nothing has come for a tenth of a second. */
static int answer_length(int s, const char *request)
{
	struct timeval patience = {.tv_usec = 100000}, none = {0};
	int length = 0, n;
	char buffer[4096];

	setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (write(s, request, strlen(request)) < 0)
		return 0;
	while ((n = read(s, buffer, sizeof(buffer))) > 0)
		length += n;
	setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &none, sizeof(none));
	return length;
}

static void read_answer(int i)
{
	char buffer[4096];

	while (due[i] > 0) {
		int n = read(sockets[i], buffer, sizeof(buffer));

		if (n <= 0)
			exit(1);
		due[i] -= n;
	}
}

static void ask(int i, const char *request, int length)
{
	read_answer(i);
	if (write(sockets[i], request, strlen(request)) < 0)
		exit(1);
	due[i] = length;
}

int main(int argc, char **argv)
{
	struct timespec at, end;
	long rate, ticks, sent = 0;
	char request[512];
	int length;

	if (argc != 5)
		return 2;
	rate = atol(argv[3]);
	ticks = atol(argv[4]) * 1000;
	snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", argv[2]);
	for (int i = 0; i < CONNECTIONS; i++)
		sockets[i] = connected(atoi(argv[1]));
	length = answer_length(sockets[0], request);
	clock_gettime(CLOCK_MONOTONIC, &at);
	end = at;
	for (long tick = 1; tick <= ticks; tick++) {
		for (; sent < rate * tick / 1000; sent++)
			ask(sent % CONNECTIONS, request, length);
		end.tv_nsec += TICK_NS;
		end.tv_sec += end.tv_nsec / 1000000000;
		end.tv_nsec %= 1000000000;
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL);
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	for (int i = 0; i < CONNECTIONS; i++)
		read_answer(i);
	printf("%.0f\n", sent / ((end.tv_sec - at.tv_sec) + (end.tv_nsec - at.tv_nsec) / 1e9));
	return 0;
}
