using FsCheck;
using FsCheck.Fluent;
using Isthmus.Fhir.Units;

namespace Isthmus.Fhir.Tests.Units;

public sealed class UcumPropertyTests
{
    private static readonly string[] Plain = [.. UcumTable.Instance.Atoms.Where(atom => atom.Scale is null).Select(atom => atom.Code)];
    private static readonly string[] Metric = [.. UcumTable.Instance.Atoms.Where(atom => atom is { Scale: null, IsMetric: true }).Select(atom => atom.Code)];
    private static readonly string[] Prefixes = ["k", "m", "u", "da", "n", "Ki"];

    private static readonly Gen<string> Symbol = Gen.OneOf(
        Gen.Elements(Plain),
        from prefix in Gen.Elements(Prefixes) from unit in Gen.Elements(Metric) select prefix + unit);

    private static readonly Gen<string> Component = Gen.OneOf(
        Symbol,
        from symbol in Symbol from exponent in Gen.Elements("2", "-1", "-3", "+2") select symbol + exponent,
        from symbol in Symbol select symbol + "{made.up/note}",
        Gen.Elements("12", "{cells}", "100{cells}"));

    private static readonly Gen<string> Expression =
        from first in Component
        from others in Gen.ListOf(from op in Gen.Elements(".", "/") from part in Gen.OneOf(Component, from a in Component from b in Component select $"({a}/{b})") select op + part)
        select string.Concat(others.Take(3).Prepend(first));

    private static readonly Gen<decimal> Value =
        from digits in Gen.Choose(1, 999_999_999)
        from scale in Gen.Choose(0, 9)
        from negative in Gen.Elements(true, false)
        select new decimal(digits, 0, 0, negative, (byte)scale);

    [Fact]
    public void What_is_read_prints_as_a_code_that_reads_the_same() =>
        Prop.ForAll(Expression.ToArbitrary(), code =>
        {
            var unit = UcumUnit.Read(code).Unit;
            if (unit is null)
            {
                return code.Length > 60 || UcumUnit.Read(code).Fault!.Rule == "fhir.ucum.out-of-range";
            }

            var again = UcumUnit.Read(unit.ToString()).Unit;
            return unit.Equals(again) && again.ToString() == unit.ToString();
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Converting_there_and_back_returns_to_the_start() =>
        Prop.ForAll((from value in Value from one in Gen.Elements(Plain) from two in Gen.Elements(Plain) select (value, one, two)).ToArbitrary(), sample =>
        {
            var one = Ucum.Unit(sample.one)!;
            var two = UcumTable.Instance.Atoms.Where(atom => atom.Scale is null && atom.Dimensions.Equals(one.Dimensions)).Select(atom => Ucum.Unit(atom.Code)!)
                .ElementAt(Array.IndexOf(Plain, sample.two) % UcumTable.Instance.Atoms.Count(atom => atom.Scale is null && atom.Dimensions.Equals(one.Dimensions)));
            return !Ucum.TryConvert(sample.value, one, two, out var there)
                || Math.Abs(there) < 1e-16m // Below that, decimal's 28 places leave too few digits.
                || (Ucum.TryConvert(there, two, one, out var back) && back == sample.value);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Temperatures_return_to_the_start_exactly() =>
        Prop.ForAll((from value in Value from one in Gen.Elements("Cel", "[degF]", "K", "[degR]", "[degRe]", "mCel") from two in Gen.Elements("Cel", "[degF]", "K", "[degR]", "[degRe]", "kK") select (value, one, two)).ToArbitrary(), sample =>
            Ucum.TryConvert(sample.value, Ucum.Unit(sample.one)!, Ucum.Unit(sample.two)!, out var there)
            && Ucum.TryConvert(there, Ucum.Unit(sample.two)!, Ucum.Unit(sample.one)!, out var back)
            && back == sample.value).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void No_text_makes_the_reader_throw() =>
        Prop.ForAll(Gen.ListOf(Gen.Elements("m", "10*", "(", ")", ".", "/", "{", "}", "[", "]", "[pH]", "1", "-", "+", "é", "99", "Cel", "B[")).ToArbitrary(), parts =>
        {
            var (unit, fault) = UcumUnit.Read(string.Concat(parts));
            return unit is null != fault is null;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
}
