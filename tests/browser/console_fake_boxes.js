// The drop boxes of the daemon that is none, and what came through them.

/**
 * @param {ReturnType<import("./console_fake_world.js").makeWorld>} world
 * @param {(delta: object) => void} tell all streams
 */
export function boxRoutes(world, tell) {
  const find = (id) => world.boxes.find((box) => box.id === id);
  const uploadsOf = (id) => world.uploads.filter((upload) => upload.box === id);

  /** Tells of a box after what is in it changed. */
  function touch(box) {
    const count = (state) => uploadsOf(box.id).filter((upload) => upload.state === state).length;
    Object.assign(box, { version: box.version + 1, waiting: count("waiting"), coming: count("coming") });
    tell({ boxes: [{ ...box }] });
    return box;
  }
  world.touchBox = touch;

  function change(box, { files, bytes, file_bytes, ...others }) {
    const limits = Object.fromEntries(Object.entries({ files, bytes, file_bytes }).filter(([, value]) => value !== undefined));
    Object.assign(box, others, { limits: { ...box.limits, ...limits } });
  }

  return [
    ["GET", /^\/boxes$/, () => ({ boxes: world.boxes })],
    ["POST", /^\/boxes$/, (_, { body: { for: seconds, ...others } }) => {
      if (others.title === "forbidden") return [422, { title: "invalid", detail: "title: not this one" }];
      const id = `b${world.boxes.length + 1}`;
      const box = { id, is_open: true, link: `http://192.168.1.20:8702/d/${id}`, qr: `/api/v1/boxes/${id}/qr.svg`, created: world.now,
        expires: seconds ? Math.floor(Date.now() / 1000) + seconds : null, limits: { files: 100, bytes: 10e9, file_bytes: 4e9 },
        received: { files: 0, bytes: 0 }, waiting: 0, coming: 0, version: 0 };
      change(box, others);
      world.boxes.push(box);
      return [201, touch(box)];
    }],
    ["PATCH", /^\/boxes\/([^/]+)$/, ([id], { body }) => {
      change(find(id), body);
      return touch(find(id));
    }],
    ["DELETE", /^\/boxes\/([^/]+)$/, ([id]) => {
      world.boxes.splice(world.boxes.indexOf(find(id)), 1);
      tell({ boxes_removed: [id] });
      return undefined;
    }],
    ["GET", /^\/boxes\/([^/]+)\/uploads$/, ([id]) => ({ uploads: uploadsOf(id) })],
    ["POST", /^\/boxes\/([^/]+)\/uploads\/([^/]+)\/accept$/, ([id, upload]) => {
      const row = world.uploads.find((one) => one.id === upload);
      Object.assign(row, { state: "accepted", path: `/home/paul/Downloads/Inbox/${row.name}` });
      touch(find(id));
      return row;
    }],
    ["DELETE", /^\/boxes\/([^/]+)\/uploads\/([^/]+)$/, ([id, upload]) => {
      world.uploads = world.uploads.filter((one) => one.id !== upload);
      touch(find(id));
      return undefined;
    }],
  ];
}
