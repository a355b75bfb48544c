using System.Text;
using System.Text.Json;
using Isthmus.Testing;

namespace Isthmus.Hl7v2.Tests;

/// <summary>The fast reader and the obvious one see the same message, whatever the frame.</summary>
public class AgainstTheOracle
{
    private const int Cases = 20_000;
    private const int Seed = 20260102;

    /// <summary>What a mutation may put in: structure, escapes, line ends, names, controls, multi-byte text.</summary>
    private static readonly string[] Pieces =
    [
        "|", "^", "~", "\\", "&", "#", "\r", "\n", "\r\n", "MSH", "MSH|^~\\&|", "BHS|^~\\&|", "PID|", "OBX", "\\F\\", "\\X41\\", "\\XE9\\",
        "\\XC3A9\\", "\\.br\\", "\\.sp3\\", "\\.sk\\", "\\.in+2\\", "\\Z1\\", "\\E\\", "\"\"", " ", "\0", "\u0001", "\t", "é", "漢", "𐍈", "x",
        "|||||", "\uFEFF", "MSH$%*!@$", "MSH|", "MSH||", "\v", "\u001C", "\vMSH|^~\\&|", "\u001CMSH$", "\\X0D\\PID\\F\\", "\\M2442\\",
    ];

    private readonly Hl7Reader reader = new();

    [Fact]
    public void On_a_message_cut_at_every_byte()
    {
        for (var length = 0; length <= Messages.Result.Length; length++)
        {
            Compare(Messages.Result[..length]);
        }
    }

    [Fact]
    public void On_mutated_messages() => CompareMutated(Seed, Cases);

    [LongFact]
    public void On_mutated_messages_without_number() => CompareMutated(Environment.TickCount, 20 * Cases);

    [Fact]
    public void On_random_bytes_the_reader_only_answers()
    {
        var random = new Random(Seed);
        var frame = new byte[400];
        for (var i = 0; i < Cases; i++)
        {
            random.NextBytes(frame);
            Encoding.ASCII.GetBytes("MSH|^~\\&|").CopyTo(frame, 0);
            var result = reader.Read(frame.AsMemory(0, random.Next(frame.Length)));
            if (result.Message is { } message)
            {
                foreach (var segment in message.Segments)
                {
                    for (var field = 1; field <= segment.FieldCount; field++)
                    {
                        Assert.DoesNotContain('\0', segment[field].GetText());
                    }
                }
            }
        }
    }

    [ConformanceFact("hl7v2")]
    public void On_real_messages()
    {
        var messages = Directory.GetFiles(Conformance.PathOf("hl7v2", "messages"), "*.hl7");

        Assert.NotEmpty(messages);
        Assert.All(messages, path => Compare(File.ReadAllText(path, new UTF8Encoding(false))));
    }

    internal static readonly string[] Seeds =
    [
        Messages.Result,
        Messages.Msh + "\rOBX|1|TX|N^Note||a\\.br\\b\\T\\c~d\\X41\\^e&f\\||||||F\rNTE|1||\\Z9\\ \\H\\x\\N\\\r",
        "MSH$%*!@#$LAB$$$$$$ORU%R01$7$P$2.5.1\rPID$1$$a%b@c*d!F!e|^~!P!\rZZZ$%%%$***$@@@",
    ];

    private void CompareMutated(int seed, int cases)
    {
        var random = new Random(seed);
        for (var i = 0; i < cases; i++)
        {
            var frame = Mutate(Seeds[i % Seeds.Length], random);
            try
            {
                Compare(frame);
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"Seed {seed}, case {i}: {JsonSerializer.Serialize(frame)}", fault);
            }
        }
    }

    internal static string Mutate(string seed, Random random)
    {
        var text = new StringBuilder(seed);
        for (var edits = random.Next(1, 6); edits > 0; edits--)
        {
            var at = random.Next(text.Length + 1);
            switch (random.Next(4))
            {
                case 0:
                    text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
                case 1:
                    text.Remove(at, Math.Min(random.Next(20), text.Length - at));
                    break;
                case 2 when at < text.Length:
                    text.Remove(at, 1).Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
                default:
                    text.Length = Math.Max(at, 1);
                    break;
            }
        }

        // A cut through a surrogate pair is no text.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private void Compare(string frame)
    {
        var expected = Oracle.Read(frame);
        var message = reader.Read(Encoding.UTF8.GetBytes(frame)).Message;

        Assert.Equal(expected is null, message is null);
        if (expected is null || message is null or { IsSwitched: true })
        {
            // The oracle knows one character set.
            return;
        }

        Assert.Equal(expected.Segments.Count, message.Segments.Count);
        ComparePartsByLength(expected, message);
        var at = 0;
        foreach (var segment in message.Segments)
        {
            var (line, fields) = expected.Segments[at++];
            Assert.Equal(line, Encoding.UTF8.GetString(segment.Raw));
            Assert.Equal(fields.Count, segment.FieldCount);
            for (var field = 1; field <= fields.Count; field++)
            {
                Compare(fields[field - 1], segment[field]);
            }
        }
    }

    /// <summary>One walk over all parts meets the same parts, in the same places, as asking for each by its number.</summary>
    private static void ComparePartsByLength(Oracle expected, Hl7Message message)
    {
        var numbers = expected.Segments.SelectMany((segment, i) => segment.Fields.SelectMany((field, f) => field.SelectMany((repetition, r) =>
            repetition.SelectMany((component, c) => component.Select((_, s) => (Segment: i, Field: f + 1, Repetition: r + 1, Component: c + 1, Subcomponent: s + 1))))))
            .Where(part => part.Field > 1 || message.Segments[part.Segment].Name is not ("MSH" or "BHS" or "FHS")).ToList();
        var walked = 0;
        foreach (var part in message.Parts)
        {
            Assert.Equal(numbers[walked++], (part.Segment, part.Field, part.Repetition, part.Component, part.Subcomponent));
            var same = message.Segments[part.Segment][part.Field].Repetition(part.Repetition).Component(part.Component).Subcomponent(part.Subcomponent);
            Assert.Equal((same.Offset, same.Raw.Length), (part.Offset, part.Length));
            Assert.InRange(part.EscapeLength, 2 * part.Escapes, part.Length);
        }

        Assert.Equal(numbers.Count, walked);
    }

    private static void Compare(List<List<List<string>>> expected, Hl7Field field)
    {
        Assert.Equal(expected.Count, field.RepetitionCount);
        var walked = 0;
        foreach (var repetition in field.Repetitions)
        {
            var same = field.Repetition(++walked);
            Assert.Equal((same.Location, same.ComponentCount, same.GetText()), (repetition.Location, repetition.ComponentCount, repetition.GetText()));
        }

        Assert.Equal(expected.Count, walked);
        for (var repetition = 1; repetition <= expected.Count; repetition++)
        {
            var components = expected[repetition - 1];
            Assert.Equal(components.Count, field.Repetition(repetition).ComponentCount);
            for (var component = 1; component <= components.Count; component++)
            {
                var subcomponents = components[component - 1];
                var actual = field.Repetition(repetition).Component(component);
                Assert.Equal(subcomponents.Count, actual.SubcomponentCount);
                for (var subcomponent = 1; subcomponent <= subcomponents.Count; subcomponent++)
                {
                    Assert.Equal(subcomponents[subcomponent - 1], actual.Subcomponent(subcomponent).GetText());
                }
            }
        }
    }
}
