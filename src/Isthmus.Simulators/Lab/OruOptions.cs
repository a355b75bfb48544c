namespace Isthmus.Simulators.Lab;

/// <summary>How the generated traffic looks. Rates are shares of orders, from 0 to 1.</summary>
public sealed record OruOptions
{
    /// <summary>When the first message is sent (MSH-7), in the laboratory's zone; other times carry no zone, as usual.</summary>
    public DateTimeOffset Start { get; init; } = new(2026, 1, 5, 6, 0, 0, TimeSpan.FromHours(-5));

    /// <summary>Between one message and the next.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Begins control ids and order numbers. One prefix per run keeps runs of one seed apart.</summary>
    public string? Prefix { get; init; }

    public double CriticalRate { get; init; } = 0.01;

    /// <summary>All values in SI units.</summary>
    public double SiRate { get; init; } = 0.10;

    /// <summary>Some values in SI units.</summary>
    public double MixedUnitsRate { get; init; } = 0.05;

    /// <summary>Of critical values flagged plain H or L.</summary>
    public double PlainFlagRate { get; init; } = 0.10;

    /// <summary>Orders with one value that could not be obtained.</summary>
    public double UnobtainableRate { get; init; } = 0.01;

    /// <summary>MSH-15 AL and MSH-16 NE: the sender wants commit acknowledgements.</summary>
    public bool IsEnhancedMode { get; init; }

    /// <summary>MSH-3.1.</summary>
    public string SendingApplication { get; init; } = "LAB";

    /// <summary>MSH-4.1.</summary>
    public string SendingFacility { get; init; } = "ST_ELSEWHERE";
}

/// <summary>Asks for a particular message; what is left out is drawn.</summary>
public sealed record OruRequest
{
    public SyntheticPatient? Patient { get; init; }

    public LabPanel? Panel { get; init; }

    /// <summary>The analyte that shall be critical, such as K; empty for none.</summary>
    public string? CriticalCode { get; init; }

    public bool? HasMixedUnits { get; init; }

    public override string ToString() => nameof(OruRequest);
}
