local test = ...

test("makes a title of a name", function(fake)
  for name, title in pairs {
    ["Our_trip-2024.tar.gz"] = "Our trip 2024", ["some.film.mkv"] = "some film", ["Photos"] = "Photos",
  } do
    local _, _, _, event = fake:ask("page-show", { share = fake:share { name = name } })
    assert(event.title == title, event.title)
  end
end)
