using System.Globalization;
using System.Text;
using Isthmus.Fhir.Json;
using Isthmus.Mapping.Reverse;

namespace Isthmus.Mapping.Tests;

/// <summary>Eight times as long a message takes eight times the work, both ways: counted in steps and in bytes, since a clock tells of the machine.</summary>
public sealed class LinearWorkTests
{
    private const int Few = 1_000;
    private const int Many = 8_000;

    /// <summary>What doubles when it is full may be half empty; what is quadratic takes eight times as much of each element.</summary>
    private const double MostGrowth = 2.5;

    public static TheoryData<string> Shapes => ["results", "reports", "identifiers", "repetitions", "notes", "allergies", "findings"];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_long_message_is_translated_with_the_work_of_each_element(string shape)
    {
        var (few, many) = (Forward(shape, Few), Forward(shape, Many));

        AssertLinear(few.Compared + Few, many.Compared + Many);
        AssertLinear(few.Bytes, many.Bytes);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_long_message_is_written_with_the_work_of_each_element(string shape)
    {
        var (few, many) = (Backward(shape, Few), Backward(shape, Many));

        AssertLinear(few.Evaluations, many.Evaluations);
        AssertLinear(few.Bytes, many.Bytes);
    }

    private static void AssertLinear(long few, long many) =>
        Assert.True(
            (double)many / Many <= MostGrowth * few / Few,
            string.Create(CultureInfo.InvariantCulture, $"{(double)few / Few:F1} for each of {Few}, {(double)many / Many:F1} for each of {Many}"));

    private static (long Compared, long Bytes) Forward(string shape, int count)
    {
        var message = Demo.Parse(Message(shape, count));
        var translator = new Translator(Demo.Maps);
        var before = GC.GetAllocatedBytesForCurrentThread();
        using var translation = translator.Translate(message, Demo.Context);
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.NotEmpty(translation.Resources);
        return (translation.Run.Resources.Compared, bytes);
    }

    private static (long Evaluations, long Bytes) Backward(string shape, int count)
    {
        using var translation = Demo.Translator.Translate(Demo.Parse(Message(shape, count)), Demo.Context);
        var bundle = FhirJsonReader.Read(Demo.Bundle(translation)).Root;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var written = new ReverseTranslator(Demo.Maps).Translate(bundle, new ReverseContext(Demo.Context.Now, Demo.Context.Source));
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(written.IsWritten);
        return (written.Evaluations, bytes);
    }

    private static string Message(string shape, int count) => shape switch
    {
        "results" => Result($"OBR|1||F1|K^Panel^L|||20260101\r{Each(count, i => $"OBX|{i}|NM|C{i}^Name^L||{i}|mg/dL|1-2|N|||F\r")}"),
        "reports" => Result(Each(count / 4, i => $"ORC|RE||F{i}\rOBR|1||F{i}|K^Panel^L|||20260101|||||||||D{i}^Sample\rOBX|1|NM|C^Name^L||{i}|mg/dL|1-2|N|||F\rSPM|1|S{i}||BLD\r")),
        "notes" => Result($"OBR|1||F1|K^Panel^L|||20260101\rOBX|1|NM|C^Name^L||1|mg/dL|1-2|N|||F\r{Each(count, i => $"NTE|{i}||note {i}\r")}"),
        "identifiers" => Update(string.Join('~', Enumerable.Range(0, count).Select(i => $"P{i}^^^A{i}^MR")), "PV1|1|I\r"),
        "repetitions" => Update("P1", $"PV1|1|I|||||{string.Join('~', Enumerable.Range(0, count).Select(i => $"D{i}^Sample^X"))}\r"),
        "allergies" => Update("P1", $"PV1|1|I\r{Each(count, i => $"AL1|{i}|DA|A{i}^Sample^L|SV|rash~itch\r")}"),
        _ => Update(string.Join('~', Enumerable.Range(0, count).Select(i => $"P{i}^^^A{i}^MR^^notadate")), "PV1|1|I\r"),
    };

    private static string Result(string rest) => $"MSH|^~\\&|LAB|H|R|H|20260101||ORU^R01^ORU_R01|1|P|2.5.1\rPID|1||P1^^^A^MR||Sample^Sam\r{rest}";

    private static string Update(string identifiers, string rest) => $"MSH|^~\\&|ADT|H|R|H|20260101||ADT^A08^ADT_A01|1|P|2.5.1\rPID|1||{identifiers}||Sample^Sam\r{rest}";

    private static string Each(int count, Func<int, string> segment)
    {
        var text = new StringBuilder();
        for (var number = 1; number <= count; number++)
        {
            text.Append(segment(number));
        }

        return text.ToString();
    }
}
