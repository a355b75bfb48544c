namespace Isthmus.Store.Connections;

/// <summary>A login of the database. Each zone has its own and is granted only what it needs; nothing ever uses SET ROLE.</summary>
public enum ZoneRole
{
    Inbound,
    Mediation,
    Outbound,
    Workflow,

    /// <summary>The sequencer that chains the ledger.</summary>
    Ledger,

    /// <summary>The command line and console: states, traces and audit; payloads only through audited functions.</summary>
    Operator,

    /// <summary>The authorization server: the only login that may issue a token, rotate its keys and use up an assertion.</summary>
    Tokens,

    /// <summary>Admission at the door: reads who may do what, counts, and changes nothing else.</summary>
    Admission,

    /// <summary>What stands behind the door.</summary>
    Api,
}

public static class ZoneRoles
{
    public static IReadOnlyList<ZoneRole> All { get; } = Enum.GetValues<ZoneRole>();

    /// <summary>The login's name in PostgreSQL, e.g. <c>isthmus_inbound</c>.</summary>
    public static string LoginName(this ZoneRole role) => role switch
    {
        ZoneRole.Inbound => "isthmus_inbound",
        ZoneRole.Mediation => "isthmus_mediation",
        ZoneRole.Outbound => "isthmus_outbound",
        ZoneRole.Workflow => "isthmus_workflow",
        ZoneRole.Ledger => "isthmus_ledger",
        ZoneRole.Operator => "isthmus_operator",
        ZoneRole.Tokens => "isthmus_tokens",
        ZoneRole.Admission => "isthmus_admission",
        ZoneRole.Api => "isthmus_api",
        _ => throw new ArgumentOutOfRangeException(nameof(role)),
    };
}
