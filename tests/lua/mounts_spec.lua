-- Folders that are the same for the disk though their paths are apart.
local mounts = require "btshare.library.mounts"

local list = mounts.parse [[
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
23 22 0:21 / /proc rw - proc proc rw
24 22 8:1 /srv/share/films /mnt/bound rw - ext4 /dev/sda1 rw
25 22 8:2 / /srv/share/disk rw - ext4 /dev/sdb1 rw
26 22 8:2 /music /mnt/music\040and\134more rw - ext4 /dev/sdb1 rw
27 22 0:40 / /mnt/hidden rw - tmpfs tmpfs rw
28 22 8:1 /srv/share /mnt/hidden rw - ext4 /dev/sda1 rw
29 22 0:41 /@home /home rw shared:9 master:2 - btrfs /dev/sdc rw
30 22 0:41 /@home/anna/share /srv/anna rw - btrfs /dev/sdc rw
]]

describe("mounts", function()
  for _, case in ipairs {
    { "/srv/share", "/srv/share/films", "by its path" },
    { "/srv/share", "/mnt/bound", "by a bind mount of what is in it" },
    { "/srv/share", "/mnt/bound/new", "by what is beneath such a mount, and not there yet" },
    { "/srv/share", "/mnt/music and\\more", "by a disk that is mounted in it, too" },
    { "/srv/share", "/mnt/hidden/x", "by the last of the mounts at one place" },
    { "/mnt/bound", "/srv/share/films/new", "the other way about" },
    { "/mnt", "/srv/share/films", "by what is mounted beneath it" },
    { "/home/anna/share", "/srv/anna", "by another part of the same file system" },
  } do
    it(("find that %s holds %s: %s"):format(case[1], case[2], case[3]), function()
      assert.is_true(mounts.reaches(list, case[1], case[2]))
    end)
  end

  for _, case in ipairs {
    { "/srv/share", "/srv/shared" }, { "/srv/share", "/srv" }, { "/srv/share", "/mnt" }, { "/mnt/bound", "/srv/share" },
    { "/srv/share/films", "/mnt/music and\\more" }, { "/home/anna", "/srv/share" }, { "/srv/other", "/mnt/bound" },
  } do
    it(("find that %s does not hold %s"):format(case[1], case[2]), function()
      assert.is_false(mounts.reaches(list, case[1], case[2]))
    end)
  end

  it("are those of this process", function()
    local own = mounts.read()
    assert.is_true(#own > 0)
    assert.is_true(mounts.reaches(own, "/", "/tmp"))
    assert.is_false(mounts.reaches(own, "/proc", "/tmp"))
    assert.is_false(mounts.reaches({}, "/srv", "/tmp"))
  end)
end)
