namespace Isthmus.Simulators.Lab;

/// <summary>Names and places to invent people from, the common ones first. The towns do not exist.</summary>
internal static class NamePool
{
    public static ReadOnlySpan<string> Families => FamilyNames;

    public static ReadOnlySpan<string> GivenFemale => FemaleNames;

    public static ReadOnlySpan<string> GivenMale => MaleNames;

    public static ReadOnlySpan<string> Streets => StreetNames;

    public static ReadOnlySpan<(string City, string State, string Postal)> Towns => TownNames;

    /// <summary>Names beyond ASCII, in several scripts and with combining traps.</summary>
    public static ReadOnlySpan<(string Family, string Female, string Male)> Unicode => UnicodeNames;

    private static readonly string[] FamilyNames =
    [
        "Ashgrove", "Barnwell", "Carrowby", "Dunmore", "Eastlake", "Fenwright", "Garrowhill", "Hollowell", "Ivesdale", "Juniper",
        "Kestrelby", "Larkfield", "Marchbank", "Northcote", "Oakhampton", "Penhallow", "Quillfeather", "Ravensworth", "Silverdale", "Thornbury",
        "Underhill", "Vanstone", "Westerfold", "Yarborough", "Zellwood", "Applegarth", "Birchmore", "Copperfield", "Deepdene", "Elmsworth",
        "Farthingale", "Goldsborough", "Hawksmoor", "Inglewood", "Jesmond", "Kingsnorth", "Lockerby", "Merriweather", "Nettlefold", "Osgodby",
        "Pemberley", "Quarrington", "Rosewarne", "Stainforth", "Tavistoke", "Uppingham", "Verwood", "Wetherell", "Yelverton", "O'Brannick",
        "D'Arventon", "MacGillan", "Van der Meerlo", "De la Fontelle", "St. Clairmont", "Fitzwarren", "Abernethy", "Bickerstaffe", "Coldwater", "Dragomir",
    ];

    private static readonly string[] FemaleNames =
    [
        "Mary", "Elena", "Sarah", "Anna", "Laura", "Grace", "Emily", "Julia", "Naomi", "Clara", "Ruth", "Helen", "Alice", "Rosa", "Nora",
        "Ida", "Vera", "Maya", "Leah", "Esther", "Joan", "Daisy", "Ingrid", "Tess", "Wilma", "Yvette", "Zora", "Priya", "Amara", "Mary-Ann",
    ];

    private static readonly string[] MaleNames =
    [
        "James", "Daniel", "John", "David", "Marco", "Peter", "Adam", "Simon", "Felix", "Omar", "Victor", "Henry", "Oscar", "Leo", "Martin",
        "Hugo", "Amir", "Jonas", "Samuel", "Ivan", "Carl", "Bruno", "Theo", "Walter", "Kofi", "Ravi", "Emil", "Otto", "Jean-Luc", "Xavier",
    ];

    private static readonly (string Family, string Female, string Male)[] UnicodeNames =
    [
        ("Müllenbach", "Jördis", "Jörg"), ("Nuñezar", "Begoña", "Íñigo"), ("Łukasiński", "Małgorzata", "Zbyszek"), ("Søndervig", "Åse", "Øyvind"),
        ("Çelikkaya", "Gülşen", "Tuğrul"), ("Đặngvinh", "Thị Hạnh", "Đức"), ("Ōkuboyama", "Yūko", "Shōta"), ("Ó Conchúir", "Siobhán", "Pádraig"),
        ("Вересова", "Надежда", "Алексей"), ("Παπαλέξης", "Ελένη", "Γιώργος"), ("王林", "秀英", "建国"), ("Nɔ́kpɛ", "Afɛ́ɛ", "Kɔfí"),
    ];

    private static readonly string[] StreetNames =
    [
        "Mill Lane", "Harbour Road", "Station Street", "Church Walk", "Orchard Avenue", "Quarry Hill", "Bridge Street", "Meadow Close",
        "Foundry Row", "Lighthouse Road", "Market Square", "Canal Street", "Elm Drive", "Old Post Road", "Weaver Court", "Juniper Way",
    ];

    private static readonly (string City, string State, string Postal)[] TownNames =
    [
        ("Northhaven", "MA", "01099"), ("Isthmus Falls", "WA", "98991"), ("Port Carrow", "ME", "04998"), ("Eastlake Mills", "NY", "14999"),
        ("Fort Dunmore", "TX", "79997"), ("Santa Verana", "CA", "96999"), ("Copper Bluff", "MN", "56799"), ("Quillwater", "OR", "97999"),
    ];
}
