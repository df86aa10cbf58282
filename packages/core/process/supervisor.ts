import { readFileSync } from "node:fs";
import { join } from "node:path";
import { getSystemErrorName } from "node:util";
import { hasErrorCode } from "../errors.ts";
import { signalOfNumber } from "../exit-codes.ts";

/**
 * A small parent for a wrapped command, which outlives its wrapper: it keeps how the command ended, and where the wrapper is
 * gone it reads on, so that the command does not break. Perl, because a shell cannot tell an exit code of 143 from an end by
 * SIGTERM, and is not silent where a program cannot be started; Node would take longer to start than most commands run.
 */
export const supervisorProgram = "/usr/bin/perl";

/** Names of the files that it leaves in its directory. */
export const endedFile = "ended";
export const lateOutputFile = "late-output";

/** How a supervised command ended. */
export interface SupervisedEnd {
  exitCode: number | undefined;
  endedBy: NodeJS.Signals | undefined;
  /** Set when the command could not be started: the system's error. */
  startError: NodeJS.ErrnoException | undefined;
}

const keptLateOutput = 65_536;

// Descriptor 3 is a socket whose other end only the wrapper holds; from 4 on stand the ends from which it reads the output.
// Signals for the group are the command's; those that come before the command listens are handed to it. The end of the command
// interrupts the wait for anything to read, but for one that comes right before it: so that wait is short.
const script = `
my ($directory, $readers, @command) = @ARGV;
$0 = "notify-supervisor $command[0]";
delete $ENV{PERL_BADLANG} if $ENV{PERL_BADLANG} eq "0";
open my $life, "+<&=", 3;
my @sources = map { open my $source, "<&=", 3 + $_; $source } 1 .. $readers;
pipe my $start, my $failed;
my ($child, @early);
my @signals = qw(HUP INT QUIT USR1 USR2 PIPE ALRM TERM VTALRM PROF IO PWR XCPU XFSZ);
$SIG{$_} = sub { $child ? getpgrp($child) == $$ || kill($_[0], $child) : push @early, $_[0] } for @signals;
$SIG{CHLD} = sub {};
sub leave {
  my ($text, $code) = @_;
  if (open my $file, ">", "$directory/${endedFile}.part") {
    print $file "$text\\n";
    rename "$directory/${endedFile}.part", "$directory/${endedFile}" if close $file;
  }
  exit $code;
}
$child = fork;
leave("start " . ($! + 0), 126) unless defined $child;
if (!$child) {
  $SIG{$_} = "DEFAULT" for @signals, "CHLD";
  kill $_, $$ for @early;
  close $_ for $life, @sources;
  exec { $command[0] } @command;
  syswrite $failed, $! + 0;
  exit 127;
}
close $failed;
close STDIN;
close STDOUT;
close STDERR;
my ($orphaned, $late) = (0, "");
until (waitpid($child, 1) == $child) {
  my $bits = "";
  vec($bits, fileno $_, 1) = 1 for $orphaned ? @sources : $life;
  next if select($bits, undef, undef, 0.5) <= 0;
  $orphaned = 1 if !$orphaned && !sysread $life, my $word, 1;
  drain($bits) if $orphaned && @sources;
}
my $status = $?;
drain();
if ($orphaned && open my $file, ">", "$directory/${lateOutputFile}") {
  print $file $late;
  close $file;
}
my $errno = "";
sysread $start, $errno, 16;
leave("start $errno", 127) if length $errno;
leave("status $status", $status & 127 ? 128 + ($status & 127) : $status >> 8);
sub drain {
  return unless $orphaned;
  my ($bits) = @_;
  my @open;
  for my $source (@sources) {
    push @open, $source;
    next if $bits && !vec($$bits, fileno $source, 1);
    for (1 .. 64) {
      my $count = sysread $source, my $piece, 65536;
      pop @open if defined $count && !$count;
      last unless $count;
      $late = substr $late . $piece, -${keptLateOutput};
    }
  }
  @sources = @open;
}
`;

/** The supervisor's arguments for a command; `readers` is the number of descriptors from 4 on. */
export function supervisorArguments(directory: string, readers: number, command: readonly string[]): string[] {
  return ["-e", script, directory, String(readers), ...command];
}

/** Its environment: without complaints of Perl's about a locale that is not installed. */
export function supervisorEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { PERL_BADLANG: "0", ...environment };
}

/** What a supervisor has left of how its command ended; undefined where it has not, or could not. */
export function readSupervisedEnd(directory: string): SupervisedEnd | undefined {
  const [, kind, figure] = /^(start|status) (\d+)\n$/.exec(readIfPresent(join(directory, endedFile))) ?? [];
  if (kind === undefined) return undefined;
  const status = Number(figure);
  if (kind === "start") return { exitCode: undefined, endedBy: undefined, startError: startError(status) };
  const signal = status & 127;
  const endedBy = signalOfNumber(signal);
  if (endedBy !== undefined) return { exitCode: undefined, endedBy, startError: undefined };
  // Real-time signals have no name here; as a shell would say it, an end by one is no success.
  return { exitCode: signal === 0 ? status >> 8 : 128 + signal, endedBy, startError: undefined };
}

function readIfPresent(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ENOTDIR")) return "";
    throw error;
  }
}

function startError(errno: number): NodeJS.ErrnoException {
  const code = getSystemErrorName(-errno);
  return Object.assign(new Error(`the command cannot be started: ${code}`), { code, errno: -errno });
}
