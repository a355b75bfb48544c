using System.Text;
using Isthmus.Simulators.Lab;

namespace Isthmus.Journeys.Tests.Running;

/// <summary>Invented people whose names, numbers and addresses occur nowhere else, so that one that got out is seen.</summary>
internal sealed class Canaries
{
    private const string Family = "Zyxwarbler";
    private const string Given = "Quorvinella";
    private const string Middle = "Ibbertwock";
    private const string Number = "QZX";
    private const string Street = "Ozmothwick Crescent";
    private const string City = "Vellumbrakken";
    private const string Phone = "555-9907";
    private const string SecurityNumber = "931-77-4406";
    private const string Remark = "grumblefitch";

    private readonly OruGenerator lab;

    public Canaries(int seed)
    {
        SyntheticPatient[] people = [.. SyntheticPopulation.Create(seed, 4).Select((person, i) => person with
        {
            Mrn = $"{Number}{88410 + i}",
            Family = Family + (char)('a' + i),
            Given = Given + (char)('a' + i),
            Middle = Middle,
            BirthDate = "19440607",
            Street = $"{17 + i} {Street}",
            City = City,
            Phone = Phone,
            TwinOf = null,
        })];
        Registered = people[..3];
        Stranger = people[3];
        lab = new OruGenerator(seed, people, new OruOptions { Prefix = "C" });
    }

    /// <summary>What must be seen nowhere.</summary>
    public static IReadOnlyList<string> Words { get; } =
        [Family, Given, Middle, Number + "8841", Street, City, Phone, SecurityNumber, Remark];

    /// <summary>Whom the site knows.</summary>
    public IReadOnlyList<SyntheticPatient> Registered { get; }

    private SyntheticPatient Stranger { get; }

    /// <summary>Messages in which everything that can go wrong with a person's data does; each says what it is.</summary>
    public IEnumerable<(string What, byte[] Bytes)> Messages()
    {
        var critical = lab.Next(new OruRequest { Patient = Registered[0], CriticalCode = "K" });
        yield return ("a critical result", critical.Bytes.ToArray());
        yield return ("its correction", lab.Correct(critical).Bytes.ToArray());
        yield return ("the stale final after it", lab.Resend(critical).Bytes.ToArray());
        yield return ("somebody unknown", lab.Next(new OruRequest { Patient = Stranger }).Bytes.ToArray());
        yield return ("a number under another name", lab.Next(new OruRequest
        {
            Patient = Registered[1] with { Family = Family + "other", Given = Given + "other", BirthDate = "20010203", Sex = 'U' },
        }).Bytes.ToArray());
        yield return ("a prohibited field", Edit(Registered[2], pid => { pid[19] = SecurityNumber; }));
        yield return ("a name where a date belongs", Edit(Registered[2], pid => { pid[7] = Family; }));
        yield return ("a name where a sex belongs", Edit(Registered[2], pid => { pid[8] = Given; }));
        yield return ("a number far too long", Edit(Registered[2], pid => { pid[3] = string.Concat(Enumerable.Repeat(Number + "88410", 60)) + "^^^ST_ELSEWHERE^MR"; }));
        yield return ("an assigner nobody knows", Edit(Registered[2], pid => { pid[3] = $"{Number}88410^^^{City}^MR"; }));
        yield return ("no number at all", Edit(Registered[2], pid => { pid[3] = ""; }));
        yield return ("a remark about the patient", [.. Of(Registered[2]), .. Encoding.UTF8.GetBytes($"NTE|1||{Remark} {Family}\r")]);
        yield return ("a segment of the lab's own", [.. Of(Registered[2]), .. Encoding.UTF8.GetBytes($"ZPD|1|{Family}^{Given}|{Street}\r")]);
        yield return ("a value that is a name", Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Of(Registered[2])).Replace("OBX|1|NM|", $"OBX|1|NM|X^{Family}^L||{Remark}\rOBX|1|NM|", StringComparison.Ordinal)));
        yield return ("bytes that are no UTF-8", Replace(Of(Registered[2]), "arbler"u8, [0xC3, 0x28, 0xFF, 0xFE, (byte)'x', (byte)'y']));
        yield return ("no header", Encoding.UTF8.GetBytes($"PID|1||{Number}88410||{Family}^{Given}\r"));
        yield return ("a header cut off", Encoding.UTF8.GetBytes($"MSH|^~\\&|{Family}"));
        yield return ("two messages in one frame", [.. Of(Registered[2]), .. Of(Registered[2])]);
    }

    /// <summary>A sound result; no two are about the same order.</summary>
    public byte[] Of(SyntheticPatient patient) => lab.Next(new OruRequest { Patient = patient }).Bytes.ToArray();

    private byte[] Edit(SyntheticPatient patient, Action<string[]> edit)
    {
        var segments = Encoding.UTF8.GetString(Of(patient)).Split('\r');
        var at = Array.FindIndex(segments, segment => segment.StartsWith("PID|", StringComparison.Ordinal));
        var fields = segments[at].Split('|');
        Array.Resize(ref fields, Math.Max(fields.Length, 21));
        edit(fields);
        segments[at] = string.Join('|', fields);
        return Encoding.UTF8.GetBytes(string.Join('\r', segments));
    }

    private static byte[] Replace(byte[] message, ReadOnlySpan<byte> what, ReadOnlySpan<byte> with)
    {
        with.CopyTo(message.AsSpan(message.AsSpan().IndexOf(what)));
        return message;
    }
}
