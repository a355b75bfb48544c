using System.Globalization;

namespace Isthmus.Mapping.Tests.Reverse;

/// <summary>Messages of the types that can be written, from what both directions have rules for.</summary>
internal sealed class MessageGenerator(int seed)
{
    public static readonly string[] Types =
        ["ORU^R01^ORU_R01", "ADT^A01^ADT_A01", "ADT^A03^ADT_A03", "ADT^A08^ADT_A01", "ADT^A28^ADT_A05", "ADT^A31^ADT_A05", "ADT^A40^ADT_A39", "OML^O21^OML_O21", "ORM^O01^ORM_O01", "SIU^S12^SIU_S12", "SIU^S15^SIU_S12", "MDM^T02^MDM_T02", "VXU^V04^VXU_V04"];

    private readonly ValueGenerator value = new(new Random(seed));
    private readonly List<GeneratedSegment> segments = [];

    public GeneratedMessage Next(string type)
    {
        segments.Clear();
        Add("MSH", (3, "LAB"), (4, "ST_ELSEWHERE"), (5, "EHR"), (6, "ST_ELSEWHERE"), (7, value.Time()), (9, type), (10, "GEN-" + value.Number()), (11, value.One("P", "T")), (12, "2.5.1"), (18, "UNICODE UTF-8"));
        switch (type[..3])
        {
            case "ORU":
                Person(withContacts: true);
                Visit();
                Several(1, 3, () => Order(isResult: true));
                break;
            case "ADT" when type.Contains("A40", StringComparison.Ordinal):
                Event(type);
                Person(withContacts: false);
                Add("MRG", (1, value.Cx()), (7, value.Xpn()));
                break;
            case "ADT":
                Event(type);
                Person(withContacts: true);
                Visit();
                Several(0, 2, Allergy);
                Several(0, 2, Diagnosis);
                break;
            case "OML" or "ORM":
                Person(withContacts: false);
                Visit();
                Several(1, 3, () => Order(isResult: false));
                break;
            case "SIU":
                Appointment(type);
                break;
            case "MDM":
                Event(type);
                Person(withContacts: false);
                Visit();
                Document();
                break;
            default:
                Person(withContacts: true);
                Several(1, 3, Immunization);
                break;
        }

        return new GeneratedMessage([.. segments]);
    }

    private void Several(int least, int most, Action make)
    {
        for (var count = value.Between(least, most); count > 0; count--)
        {
            make();
        }
    }

    private void Add(string name, params (int Field, string Value)[] fields) =>
        segments.Add(new GeneratedSegment(name, new SortedDictionary<int, string>(fields.Where(field => field.Value.Length > 0).ToDictionary(field => field.Field, field => field.Value))));

    private void Event(string type) => Add("EVN", (1, type[4..7]), (2, value.Time()));

    private void Person(bool withContacts)
    {
        Add(
            "PID",
            (1, "1"),
            (3, value.Repeated(value.Cx, 3)),
            (5, value.Repeated(value.Xpn, 2)),
            (7, value.Maybe(value.Date)),
            (8, value.Maybe(() => value.One("F", "M", "O", "U"))),
            (10, value.Maybe(() => value.One("2106-3^White^CDCREC", "2028-9^Asian^CDCREC"), 30)),
            (11, value.Maybe(() => value.Repeated(value.Xad, 2))),
            (13, value.Maybe(() => value.Repeated(() => value.Xtn("PRN"), 2))),
            (14, value.Maybe(() => value.Xtn("WPN"), 30)),
            (15, value.Maybe(() => "eng^English^ISO639", 30)),
            (16, value.Maybe(() => value.One("M^Married^HL70002", "S", "D^Divorced^HL70002"), 40)),
            (23, value.Maybe(value.Text, 20)),
            (24, value.Maybe(() => value.One("Y", "N"), 20)),
            (26, value.Maybe(value.Cwe, 10)),
            (29, value.Maybe(value.Date, 10)));
        if (value.Chance(30))
        {
            Add("PD1", (3, value.Maybe(value.Xon, 50)), (4, value.Xcn()));
        }

        if (withContacts && value.Chance(40))
        {
            Add("NK1", (1, "1"), (2, value.Xpn()), (3, "SPO^Spouse^HL70063"), (4, value.Maybe(value.Xad)), (5, value.Maybe(() => value.Xtn("PRN"))));
        }
    }

    private void Visit()
    {
        if (value.Chance(70))
        {
            Add(
                "PV1",
                (1, "1"),
                (2, value.One("I", "O", "E")),
                (3, value.Maybe(value.Place)),
                (6, value.Maybe(value.Place, 20)),
                (7, value.Maybe(value.Xcn)),
                (8, value.Maybe(value.Xcn, 30)),
                (14, value.Maybe(value.Cwe, 20)),
                (17, value.Maybe(value.Xcn, 20)),
                (19, value.Maybe(() => $"V{value.Number()}^^^ST_ELSEWHERE^VN", 80)),
                (36, value.Maybe(value.Cwe, 20)),
                (44, value.Maybe(value.Date)),
                (45, value.Maybe(value.Date, 20)));
        }
    }

    private void Order(bool isResult)
    {
        var (placer, filler) = (value.Maybe(value.Ei, 70), isResult ? value.Ei() : value.Maybe(value.Ei, 50));
        var requester = value.Maybe(value.Xcn);
        if (!isResult || value.Chance(60))
        {
            Add("ORC", (1, isResult ? "RE" : "NW"), (2, placer), (3, filler), (4, value.Maybe(value.Ei, 20)), (5, value.Maybe(() => value.One("IP", "CM", "HD"), 40)), (9, value.Maybe(value.Time)), (12, requester));
        }

        Add(
            "OBR",
            (1, "1"), (2, placer), (3, filler), (4, value.Cwe()), (7, value.Date()), (8, value.Maybe(value.Time, 20)), (13, value.Maybe(value.Text, 20)), (16, requester),
            (22, isResult ? value.Maybe(value.Time) : string.Empty), (24, isResult ? value.One("LAB", "MB", "RAD") : string.Empty),
            (25, isResult ? value.One("F", "P", "C", "R", "X", "A", "I") : string.Empty), (31, value.Maybe(() => value.Repeated(value.Cwe, 2), 30)));
        Several(0, 2, Note);
        Several(isResult ? 1 : 0, 4, Observation);
        Several(0, 2, Specimen);
    }

    private void Note() => Add("NTE", (1, "1"), (3, value.Lines()));

    private void Observation()
    {
        var (type, text, unit) = value.Between(0, 9) switch
        {
            0 => ("ST", value.Text(), string.Empty),
            1 => ("TX", value.Lines(), string.Empty),
            2 => ("CWE", value.Cwe(), string.Empty),
            3 => ("SN", $"{value.One("<", ">", "<=", ">=")}^{value.Decimal()}", "mg/dL"),
            4 => ("SN", $"^1^:^{value.Between(2, 640)}", string.Empty),
            5 => ("SN", $"^{value.Between(1, 4)}^-^{value.Between(5, 9)}", "mmol/L"),
            6 => ("TS", value.Date(), string.Empty),
            7 => ("TM", value.One("1130", "113015", "09"), string.Empty),
            8 => ("NM", "<" + value.Decimal(), "ng/mL"),
            _ => ("NM", value.Decimal(), value.One("mmol/L", "MG/DL", "furlong", "{titer}^^UCUM")),
        };
        Add(
            "OBX",
            (1, "1"), (2, type), (3, value.Cwe()), (4, value.Maybe(value.Number, 20)), (5, text), (6, unit), (7, type == "NM" ? value.Maybe(() => "3.5-5.1", 50) : string.Empty),
            (8, value.Maybe(() => value.One("H", "L", "N", "HH^Critical high^HL70078"), 40)), (11, value.One("F", "P", "C", "A", "D", "W", "R", "S", "I", "B")), (14, value.Maybe(value.Time)), (16, value.Maybe(value.Xcn, 20)),
            (17, value.Maybe(value.Cwe, 20)), (19, value.Maybe(value.Time, 10)));
        Several(0, 2, Note);
    }

    private void Specimen() => Add(
        "SPM",
        (1, "1"), (2, $"^S{value.Number()}&LAB"), (4, value.One("SER^Serum^HL70487", "BLD", "119297000^Blood^SCT")), (8, value.Maybe(value.Cwe, 30)), (12, value.Maybe(() => "5^mL", 30)),
        (14, value.Maybe(value.Text, 30)), (17, value.Maybe(value.Time)), (18, value.Maybe(value.Time)), (24, value.Maybe(() => "HEM^Hemolyzed^HL70493", 20)));

    private void Allergy() => Add("AL1", (1, "1"), (2, value.One("DA", "FA", "EA")), (3, value.Cwe()), (4, value.Maybe(() => value.One("SV", "MI"))), (5, value.Maybe(value.Text)), (6, value.Maybe(value.Day, 20)));

    private void Diagnosis() => Add("DG1", (1, "1"), (3, value.Cwe()), (5, value.Maybe(value.Time)), (6, value.Maybe(() => value.One("A", "F", "W"))), (16, value.Maybe(value.Xcn, 30)), (19, value.Maybe(value.Time, 30)), (20, value.Maybe(value.Ei, 30)));

    private void Appointment(string type)
    {
        Add(
            "SCH",
            (1, value.Ei()), (2, value.Ei()), (6, type.Contains("S15", StringComparison.Ordinal) ? value.Cwe() : value.Maybe(value.Cwe)), (7, value.Maybe(() => value.Chance(20) ? "ROUTINE^" + value.Text() + "^HL70276" : value.Cwe())), (8, value.Maybe(value.Cwe)),
            (16, value.Maybe(value.Xcn, 40)), (25, type.Contains("S15", StringComparison.Ordinal) ? "Cancelled" : value.One("Booked", "Pending", "Started")));
        Add("TQ1", (1, "1"), (7, value.Time()), (8, value.Time()), (9, value.Maybe(() => value.One("S", "A", "R"), 20)));
        Person(withContacts: false);
        Visit();
        Add("RGS", (1, "1"));
        var isTimed = value.Chance(60);
        string Status() => type.Contains("S15", StringComparison.Ordinal) ? "Cancelled" : value.One("Booked", "Pending", "Tentative", "Cancelled");
        string Minutes() => value.Between(5, 90).ToString(CultureInfo.InvariantCulture);
        Several(1, 2, () => Add("AIS", isTimed ? [(1, "1"), (3, value.Cwe()), (4, value.Time()), (7, Minutes()), (8, "min"), (10, Status()), (11, value.Maybe(value.Cwe, 20))] : [(1, "1"), (3, value.Cwe())]));
        Several(0, 1, () => Add("AIL", (1, "1"), (3, "W1^" + value.Number() + "^A^ST_ELSEWHERE"), (6, value.Time()), (9, Minutes()), (10, "min"), (12, Status())));
        Several(0, 2, () => Add("AIP", (1, "1"), (3, value.Xcn()), (4, value.Maybe(value.Cwe)), (12, Status())));
    }

    private void Document()
    {
        Add(
            "TXA",
            (1, "1"), (2, value.One("DS", "OP^Operative report^L", "HP")), (4, value.Maybe(value.Time)), (6, value.Maybe(value.Time)), (9, value.Maybe(value.Xcn)), (10, value.Maybe(value.Xcn, 30)),
            (12, value.Ei()), (16, value.Maybe(() => "report-" + value.Number() + ".txt", 30)), (17, value.One("AU", "IP")), (19, value.Maybe(() => "AV")), (25, value.Maybe(value.Text, 30)));
        if (value.Chance(50))
        {
            Add("OBX", (1, "1"), (2, "ED"), (3, "18842-5^Discharge summary^LN"), (5, "^application^PDF^Base64^JVBERi0xLjQK"), (11, "F"));
        }
    }

    private void Immunization()
    {
        Add("ORC", (1, "RE"), (2, value.Maybe(value.Ei)), (3, value.Ei()), (9, value.Maybe(value.Time, 40)), (10, value.Maybe(value.Xcn, 30)), (12, value.Maybe(value.Xcn, 30)));
        Add(
            "RXA",
            (1, "0"), (2, "1"), (3, value.Date()), (4, value.Maybe(value.Time, 20)), (5, value.One("08^Hep B^CVX", "140^Influenza^CVX")), (6, value.Decimal().TrimStart('-')), (7, "mL^mL^UCUM"),
            (9, value.Maybe(() => value.One("00^New immunization record^NIP001", "01^Historical^NIP001"))), (10, value.Maybe(value.Xcn)), (15, value.Maybe(value.Word)), (16, value.Maybe(value.Day, 40)),
            (17, value.Maybe(() => "MSD^Merck^MVX")), (18, value.Maybe(value.Cwe, 20)), (19, value.Maybe(value.Cwe, 20)), (20, value.One("CP", "PA", "RE", "NA")), (21, value.One("A", "A", "U", "D")), (22, value.Maybe(value.Time, 40)));
        if (value.Chance(60))
        {
            Add("RXR", (1, "IM^Intramuscular^HL70162"), (2, value.Maybe(() => "LA^Left arm^HL70163")));
        }

        Several(0, 1, () => Add("OBX", (1, "1"), (2, "CE"), (3, "64994-7^Eligibility^LN"), (4, value.Maybe(value.Number)), (5, "V02^Medicaid^HL70064"), (11, "F"), (17, value.Maybe(value.Cwe, 30))));
        Several(0, 2, Sheet);
    }

    private void Sheet()
    {
        var together = value.Number();
        Add("OBX", (1, "1"), (2, "CE"), (3, "69764-9^Document type^LN"), (4, together), (5, value.Cwe()), (11, "F"));
        Several(0, 1, () => Add("OBX", (1, "1"), (2, "TS"), (3, "29768-9^Published^LN"), (4, together), (5, value.Day()), (11, "F")));
        Several(0, 1, () => Add("OBX", (1, "1"), (2, "TS"), (3, "29769-7^Presented^LN"), (4, together), (5, value.Day()), (11, "F")));
    }
}
