import { expect, test } from "vitest";
import { findMount, findPlannedMount } from "./mount.ts";

const mountInfo = `22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
30 22 0:40 / /srv rw shared:9 - nfs4 nas:/srv rw
31 22 0:41 / /srv/my\\040backups rw - tmpfs none rw
`;

test.each([
  ["/var/backups", "/", "ext4"],
  ["/srv", "/srv", "nfs4"],
  ["/srvx", "/", "ext4"],
  ["/srv/my backups/wiki", "/srv/my backups", "tmpfs"],
])("%s lies on %s", (path, point, type) => {
  expect(findMount(path, mountInfo)).toMatchObject({ point, type });
});

test("a path below a mount point of fstab should be on it", () => {
  const fstab = "# /old\nUUID=1 / ext4 defaults 0 1\nnas:/srv /srv nfs defaults 0 0\nUUID=2 none swap sw 0 0\n";
  expect(findPlannedMount("/srv/backups", fstab)).toBe("/srv");
  expect(findPlannedMount("/var/backups", fstab)).toBeUndefined();
});
