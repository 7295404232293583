//! English words and phrases that change what other words mean. Data only: `words` compiles it.
//!
//! Apostrophes are left out ("dont"), and a contraction counts as its first word ("it's" as "it").

/// Role of a word or phrase in a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cue {
    /// Negates what follows, however many words lie between.
    Not,
    /// Negates the next few words: "no", "lack of".
    No,
    /// Negates the adjective that follows: "less helpful".
    Less,
    /// Negates also the verb before it: "they solved nothing".
    Nothing,
    /// Warns others; a negation in it negates nothing: "do not waste your money".
    Warning,
    /// Makes a comparative the highest degree: "nobody could be kinder".
    Highest,
    /// Looks like a negation and is none: "not only".
    NoNegation,
    /// What could have been and was not.
    Counterfactual,
    /// The same if a comparative follows: "could be better".
    CouldBe,
    /// Comparatives.
    More,
    /// "so", "such".
    So,
    /// Asks for what follows, until a report.
    Request,
    /// Wishes or expects what follows.
    Wish,
    /// Asks for what precedes: "a smile would help".
    WouldHelp,
    Would,
    If,
    /// Waits for what follows.
    Until,
    /// The start of a question.
    Question,
    /// A verb that commands at the start of a clause.
    Imperative,
    /// A verb that commands if an object follows, and may be a noun.
    ImperativeOrNoun,
    /// The start of an object.
    Object,
    /// Reports what has happened.
    Report,
    /// "I", "we".
    Customer,
    /// Between the customer and what the customer did or was.
    Filler,
    Pronoun,
    /// Somebody who is not with the organisation, or whom the comment compares with.
    Other,
    /// Brings the goods, and is not the agent of the contact.
    Courier,
    /// A page or app that says something, or in which something is.
    Medium,
    /// What was tried is no result.
    Attempt,
    /// The customer did it alone.
    Alone,
    /// Forms of "be" and "have", and verbs of appearance.
    Copula,
    /// Adverbs between a copula and an adjective.
    Adverb,
    Determiner,
    /// Ends the scope of a negation.
    Boundary,
    And,
    Or,
    /// The words mean something else here: "let me know".
    OtherSense,
    /// "of", "with" and the like.
    Preposition,
    /// Between a feeling and its object: "grateful for", "happy with".
    Towards,
    /// Verbs of speech and thought: "must say", "would say".
    Speech,
    Than,
    As,
    /// "No other", which nobody equals.
    NoOther,
    /// Companies and others with whom a comment compares.
    Standard,
    /// Introduces what is compared with: "compared to".
    Compared,
    /// What follows is true of others and not of the organisation.
    UnlikeYou,
    /// With a comparative: "have seen friendlier staff".
    Seen,
    /// What follows is no more.
    Formerly,
    /// The same of praise directly behind.
    Once,
    /// At the start of what was so in the past.
    InThePast,
    /// An earlier time that matters only beside the present.
    LastTime,
    /// What was so only at first.
    AtFirst,
    /// What precedes was so only that long: "was good for a week".
    ForAWhile,
    /// What precedes was so until something happened.
    UntilRecently,
    Before,
    Now,
    /// Says that what was so before is over.
    NoMore,
    /// Makes the praise of a clause irony.
    Mockery,
    /// At the start: mocks the praise that follows.
    SoMuchFor,
    /// What nobody praises or gives thanks for: "thanks for wasting my time".
    Misdeed,
    /// Praise that mocks the blame behind it.
    LoveHow,
    /// Words before an opening word of praise: "oh great".
    Interjection,
    /// Says that trouble comes again or goes on.
    Again,
    /// Introduces the exception from praise.
    OnlyProblem,
    /// Says that its subject is not there: "sympathy was in short supply".
    Absent,
    /// The same at the end of a clause, behind a colon or comma: "expertise: zero".
    None,
    /// Denies an explanation and neither praises nor blames: "not that they were rude".
    NotThat,
    /// Says that there is none of what follows: "not a problem", "hardly anything".
    NoneOf,
    /// The start of a relative clause.
    Relative,
    /// What somebody is asked to do: "no problem she couldn't solve".
    Task,
    /// Goods, food and weather, which are warm or fast in another sense than people.
    Thing,
    /// The one before: "the old website", "the cheaper model".
    OldOne,
    /// Introduces an unlikely standard: "even the post office".
    Even,
    /// Who works for the organisation.
    Staff,
    /// The organisation or who works for it, after "than".
    You,
    /// A gerund that makes the subject of the clause something that befell the customer.
    Befallen,
    /// Asks back when it comes after "will": "when it is fixed".
    OnceDone,
    Without,
    Unlike,
    Enough,
    /// Units of time.
    Duration,
    /// Thanks or praise for what follows.
    Thanks,
    How,
    Like,
    /// Says that its subject is something that there is not: "is not something you get".
    NotSomething,
    /// The start of a subject that is anybody or anything: "a stone has more feelings".
    Any,
    /// Who may be treated well or badly in place of the customer.
    Family,
    Worth,
    Finally,
    /// Negates at any time or of anybody.
    Total,
    /// Introduces the true explanation behind one that is denied.
    Merely,
    /// What somebody would not say: "can't say that I was annoyed".
    Say,
    /// The start of a condition without "if": "had it been explained".
    HadIt,
    /// Excepts its subject from praise: "the policy less so".
    LessSo,
    /// Negated verbs of ability and knowledge: "nothing they wouldn't do".
    CouldNot,
}

/// The words and phrases of each cue, separated by `|`.
pub const CUES: &[(Cue, &str)] = &[
    (
        Cue::Not,
        "not everything|not everyone|not everybody|not all|not always|not every|not everywhere|not the least|not the least bit|not in the least|not the slightest|not the slightest bit|not in the slightest|not in the least bit|\
         not by any stretch|not as if|not as though|run out of|runs out of|ran out of|half as|not nearly as|nowhere near as|not half as|not|never|cannot|cant|wont|dont|doesnt|didnt|isnt|arent|wasnt|werent|aint|hasnt|havent|hadnt|\
         couldnt|wouldnt|shouldnt|mustnt|neednt|dosent|dint|didn|doesn|wasn|isn|neither|nor|without|w/o|hardly|barely|\
         scarcely|rarely|seldom|nobody|no one|noone|no body|none|nothing|nowhere|not one|not a single|not yet|\
         not even|not once|not any|no longer|no more|at no time|by no means|in no way|not at all|\
         failed to|fails to|fail to|failing to|failed in|unable to|inability to|refused to|refuses to|refuse to|refusing to|\
         yet to|far from|anything but|less than|doubt|doubts|doubted|doubtful|not sure|impossible to|\
         impossible|difficult to|hard to|forgot to|neglected to|stopped|ceased to|instead of|rather than|\
         pretended to|pretends to|pretend to|pretending to|claims to be|claimed to be|claim to be|supposed to|\
         unlikely to|not able to|reluctant to|unwilling to|too lazy to|too busy to|devoid of|nothing like|\
         opposite of|anything other than|tired of waiting for|in the absence of|deprived of|\
         hardly any|hardly ever|barely any|scarcely any|incapable of|never ever|never once|no hint of|\
         no sign of|not a hint of|nothing was|nothing is|\
         cant not|cannot not|can not not|hasn|haven|hadn|couldn|wouldn|shouldn|aren|weren|dont bother to|doesnt bother to|\
         didnt bother to|do not bother to|does not bother to|did not bother to",
    ),
    (
        Cue::No,
        "no|zero|0|lack|lacks|lacked|lacking|lack of|lacking in|lacks in|absence of|no kind of|no sort of|no real|\
         no proper|total lack of|complete lack of|not much|little to no|minus|missing any|short on|free of|free from",
    ),
    (Cue::Less, "less|least|fewer"),
    (Cue::Nothing, "nothing|nobody|none|no one|noone|not one"),
    (
        Cue::Warning,
        "dont waste|do not waste|never waste|not to waste|dont be fooled|do not be fooled|never be fooled|dont get fooled|do not get fooled|\
         not be fooled by|dont fall for|do not fall for|never fall for|dont be deceived|do not be deceived|dont be misled|do not be misled|\
         everyone dont waste|everyone do not waste|everybody dont waste|everybody do not waste|people dont waste|people do not waste|\
         guys dont waste|guys do not waste|folks dont waste|folks do not waste|everyone do not be fooled|everyone dont be fooled|\
         everybody do not be fooled|everybody dont be fooled|people dont be fooled|people do not be fooled|dont go there|do not go there|\
         never go there|dont go here|do not go here|never go here|dont come here|do not come here|never come here|dont eat here|\
         do not eat here|never eat here|dont eat there|do not eat there|dont stay here|do not stay here|dont shop here|do not shop here|\
         dont buy this|do not buy this|dont buy it|do not buy it|dont order|do not order",
    ),
    (
        Cue::Highest,
        "none of the other|none of the others|nobody before|no one before|no other|nobody else|no one else|noone else|nowhere else|couldnt|cant|cannot|could not|can not|nobody|no one|noone|never|nothing could|wont find|not find|wouldnt find|\
         hardly|couldn|not have asked for|never had|never met|never seen|none could",
    ),
    (
        Cue::NoNegation,
        "without exception|without fail|without hesitation|without hesitating|without delay and|not only|not just|not merely|no doubt|without a doubt|without doubt|without any doubt|without question|\
         no question about|no question that|nothing more than|no matter|not to mention|no wonder|not least|if not|whether or not|or not|nothing but|nothing less than|\
         nothing short of|never mind|cant wait|cannot wait|can not wait|couldnt wait|could not wait|hardly wait|cant help but|cannot help but|\
         couldnt help but|no sooner|not to worry|why not|in no time|no time at all|no fewer than|no less than|\
         at least|more or less|least of all|nonetheless|nevertheless|last but not least|none other than|\
         no brainer|no nonsense|not until|cant believe|cannot believe|couldnt believe|could not believe|\
         dont know why|dont know how|dont know what|not sure why|not sure how|for no reason|no reason|no exception|\
         can or cant|can or cannot|can or can not|dont get me wrong|no pun intended|not for nothing|no kidding|no joke|no less|cant stop|\
         cant thank|cannot thank|can not thank|hard to beat|cannot say enough|cant say enough|cant go wrong|cannot go wrong|\
         cant go wrong|cant beat|cannot beat|cant get enough|never knew|never thought|dont hesitate|do not hesitate|never looked back|\
         didnt hesitate|did not hesitate|barely had time|hardly had time|scarcely had time|dont forget|never forget|not forget",
    ),
    (
        Cue::Counterfactual,
        "could have|should have|might have|would have been|could of|should of|would have liked|ought to have|couldve|shouldve|\
         wouldve been|could easily have|could at least have|should at least have|would have expected|would have preferred|\
         could have been|should have been|might have been|could of been|should of been|would still have expected|\
         would have still expected|would still have liked|would have hoped for|could use some|could use a|could use an|could use more|\
         could use better|could do with some|could do with a|could do with an|could do with more|could do with better",
    ),
    (
        Cue::CouldBe,
        "could be|might be|could do with|could use|may be|can be",
    ),
    (
        Cue::More,
        "more|less|better|happier|kinder|nicer|quicker|faster|worse|ruder|friendlier|politer|clearer|easier|cheaper|slower|\
         smoother|warmer|calmer|finer|simpler|greater|stronger|cleaner|fresher|tastier|lovelier|prouder|sooner|shorter|\
         higher|lower|closer|harder|longer|bigger|cooler|smarter|sweeter|safer|wiser|angrier|poorer|firmer|colder",
    ),
    (Cue::So, "so|such|so many|so much"),
    (
        Cue::Request,
        "too much to ask for|asking too much|too much to expect|is it so hard to|so hard to|so difficult to|how hard is it to|how difficult is it to|how hard can it be to|would it hurt to|would it hurt|all i wanted was|all we wanted was|all i want is|all i asked for was|all i needed was|please|pls|plz|plzz|plse|pleas|kindly|should|must|need|needs|need to|needs to|ought to|want|wants|wanted|would like|id like|\
         would love|would appreciate|would prefer|would be grateful|request|requests|requesting|requested|demand|demanding|\
         could you|can you|would you|will you|can someone|could someone|can somebody|could somebody|can anyone|\
         could anyone|can anybody|has to|have to be|has to be|had better|make sure|all i want|\
         all i ask|all we ask|we ask|i ask|i would ask|asking for|in need of|looking for|waiting for your|waiting for a|\
         waiting for my|awaiting|suggest|suggestion|recommend that you|better if|urge|ask you to|asking you to|\
         i am waiting for|still waiting for|i await|would you mind|would it kill|do you mind|ensure|better to|\
         needed|want to see|like to see|must be|you have to|they have to|room for|scope for|some improvement|required|requires|require|\
         so that it is|so that it can|so that customer|so that customers|so that problems|so that issues",
    ),
    (
        Cue::Wish,
        "wish|wishes|wishing|hope|hopes|hoping|hoped|hopefully|if only|expect|expects|expected|expecting|look forward|\
         looking forward|looked forward|would be|would be nice|would be good|would be great|would be better|would be happy|would be helpful|\
         fingers crossed|one expects|was expecting|were expecting|would expect|it would be|itd be|id be|\
         in hope of|pray|praying|hopefull|want that|wants that|need that|would make|would come back if|would return if|could only|would work|should work|might work",
    ),
    (
        Cue::WouldHelp,
        "too much to ask|too much to expect|if you provide|if you can provide|if you could provide|if you would provide|would help|would make|would be nice|would be great|would be good|would be welcome|would be appreciated|\
         would be better|would be helpful|would have helped|would go a long way|would not hurt|wouldnt hurt|would not have hurt|wouldnt have hurt|would bring|would shorten|\
         would improve|would solve|would save|is appreciated|is requested|is needed|are needed|is required|please|\
         would have seen|would be enough|would do|needed|would be useful|is a must|is necessary|as soon as possible|as quick as possible|as quickly as possible|as fast as possible|as early as possible|asap|at the earliest",
    ),
    (Cue::Would, "would|will|wont|wouldnt|might|may|ill"),
    (
        Cue::If,
        "if|unless|provided that|provided you|provided they|provided we|provided i|provided it|provided he|provided she|\
         as long as|in case|in the event|had they|were they",
    ),
    (
        Cue::Until,
        "until|till|til|once my|once this|once it|once the|once that|once they|once you|once i|once we|much time to|more time to|enough time to|\
         long time to|lot of time to|days to|weeks to|months to|hours to|years to|long to|ages to|forever to|waiting to|before you|before they|\
         trying to get|tried to get|chasing|nobody to|someone to|in order to|supposed to be|day to|week to|month to|\
         year to|hour to|minutes to|attempts to|attempt to|tries to|called to get|rang to get|came to get|call to get|\
         to the branch to|to the shop to|to the store to|to get my issue|to get my problem|to get my concern|to get my query",
    ),
    (
        Cue::Question,
        "can|could|will|would|when|why|how|what|who|where|which|is|are|was|were|do|does|did|has|have|should|may|any|\
         anyone|anybody|wheres|whats|hows|isnt|arent|dont|doesnt|didnt|cant|couldnt|so when|and when|but when|so why|\
         and why|but why|whose|whom|shall",
    ),
    (
        Cue::Imperative,
        "arrange|not to harass|not to cheat|not to cut|not to delay|not to lie|not to fool|be|make|fix|solve|resolve|improve|teach|give|send|bring|lower|explain|tell|hire|listen|learn|treat|ensure|deliver|\
         reduce|provide|stop|take|get|throw|shorten|hurry|speed up|speak|speak to|keep your|pick up|open|close|read|refund my|refund me|refund the|\
         call me|call us|call back|do not cut|dont cut|do not hang|dont hang|do not rush|dont rush|do not transfer|dont transfer|dont cheat|do not cheat|do not lie|dont lie|dont make|do not make|dont ignore|do not ignore|dont treat|do not treat|dont send|do not send|try|try to|cancel my|cancel the|cancel this|show some|show more|show a|pay attention|respect your|\
         care about|talk to|bring back|add|introduce|allow|start|remove|consider|look into|please|update my|update the|\
         answer the|answer my|answer your|return my|reply to|respond to|help me|help us|help your|train your|train the|\
         train them|smile more|check the|check your|check my|repair the|repair my|replace the|replace my|throw away|work on|work harder|sort out|sort it|sort this|deal with|think about|remember to|process my|\
         issue my|never take|upgrade|simplify|reimburse|compensate|finish|complete|wake up|do something|do your|do better|change the|change your|clean the|employ|invest in",
    ),
    (
        Cue::ImperativeOrNoun,
        "smile|answer|help|refund|return|care|call|update|check|train|show|work|replace|repair|respect|trust|order|process|\
         clean|cancel|reply|respond",
    ),
    (
        Cue::Object,
        "the|a|an|my|me|us|your|it|them|this|that|our|more|people|customers|some|one|and|to|as|on|properly|better|faster",
    ),
    (
        Cue::Report,
        "was|were|is|are|has|had|been|did|because|as she|as he|as they|since",
    ),
    (Cue::Customer, "i|we|im|ive|ill|id|weve|were both|myself i"),
    (
        Cue::Filler,
        "was|am|were|have|had|been|be|very|so|really|just|always|also|quite|then|finally|tried|to|stayed|remained|still|\
         only|even|will|would|already|now|usually|normally|both|a|an|the|myself|ve|m|do|did|too|sounded|keep|kept|never|extremely|\
         gladly|happily|made|my|must have|should have|could have|started|try|try to",
    ),
    (
        Cue::Pronoun,
        "he|she|they|it|you|this|that|these|those|who|everyone|everybody|someone|somebody|there|him|her|them|this one",
    ),
    (
        Cue::Other,
        "previous agent|previous person|previous lady|previous one|previous guy|previous executive|previous rep|previous bank|previous laptop|previous company|prior one|my last|my previous|last one|other brands|other brand|\
         first agent|other agent|last agent|the last person|other guests|other guest|another guest|the guests|the guest|guest in front|guest behind|guest next|customer in front|customer behind|lady in front|man in front|woman in front|person in front|people in front|another customer|other customers|other customer|\
         a customer|a guest|my neighbour|my neighbours|my neighbor|neighbour|neighbours|neighbors|the neighbours|my landlord|my boss|my friend|my friends|my doctor|the doctor|\
         my son|my daughter|my nephew|my niece|my wife|my husband|my mother|my father|my brother|my sister|my dad|my mum|my mom|my ex|my old bank|my old|\
         the airline|the taxi|taxi driver|the train|the bus|another company|another bank|another shop|another store|other company|other companies|other shop|\
         other bank|other store|other hotel|competitor|competitors|the competition|the hospital|my phone|the restaurant next|\
         the post office|the police|unlike|not like|compared to|compared with|the seller on|my old provider|last provider|previous provider|\
         a friend|my colleague|my employer|the neighbour|the patient in|the guide book|the seller|your competitor|guests next",
    ),
    (
        Cue::Courier,
        "courier|couriers|delivery boy|delivery boys|delivery man|delivery men|delivery guy|delivery guys|delivery person|delivery agent|\
         delivery agents|delivery partner|delivery partners|delivery driver|delivery drivers|delivery executive|delivery executives|\
         delivery staff|delivery woman|deliveryman|deliver boy|deliver agent|deliver man|dilivery boy|delivary boy|the driver|your driver|\
         pickup boy|pickup agent|pickup person|pickup executive|pick up boy|pick up agent|pick up person|pick up executive|postman|mailman|\
         sellers|vendors|dealers",
    ),
    (
        Cue::Medium,
        "in the app|on the app|in app|on app|in your app|on your app|in the portal|on the portal|in your portal|on your portal|in portal|on portal|\
         in the website|on the website|in your website|on your website|in website|on website|on the site|on your site|on the page|on your page|\
         on the web site|on the web page|the portal shows|the portal says|the portal has|the portal gives|the portal showed|the app shows|the app says|the app showed|\
         the app gives|the website shows|the website says|the website showed|the website gives|the site shows|the site says|the site gives|\
         website shows|website says|portal shows|portal says|app shows|app says|site shows|site says|the page shows|the page says|the tracking shows|the tracking says",
    ),
    (
        Cue::Attempt,
        "tried to|tries to|trying to|try to|tried hard to|tried their best to|tried his best to|tried her best to|tried best to|did his best to|did her best to|\
         did their best to|does his best to|does her best to|doing their best to|attempted to",
    ),
    (
        Cue::Alone,
        "myself|ourselves|on my own|on our own|by myself|by ourselves|without your help|without their help|without any help",
    ),
    (
        Cue::Copula,
        "goes|becomes|become|be|am|is|are|was|were|been|being|has|have|had|looks|look|looked|seems|seem|seemed|feels|feel|felt|gets|got|became|\
         tastes|tasted|sounds|sounded|remains|stays|isnt|arent|wasnt|werent|hasnt|could be|wont be|can be|comes|came|works|arrived|turned out|runs|keeps|does|did|do|doesnt|didnt|dont|will|would|cant|can",
    ),
    (
        Cue::Adverb,
        "very|so|really|too|quite|pretty|always|also|just|extremely|super|totally|absolutely|rather|fairly|a bit|a little|somewhat|\
         incredibly|most|still|even|simply|all|both|truly|highly|particularly|especially|completely|utterly|not|never|as|more|less|a|an|the|\
         exactly|actually|real|kind of|sort of|much|far|way|rarely|hardly|only|now|again|overall|generally|usually|often|yet",
    ),
    (
        Cue::Determiner,
        "the|a|an|my|our|your|his|her|their|its|this|that|these|those|any|some|all|every|each|of|single|big|real|major|further",
    ),
    (
        Cue::Boundary,
        "because|but|when|which|while|since|until|till|then|if|unless|although|though|however|whereas|therefore|hence|even though|\
         thats why|so i|so we|so they|so he|so she|so it|so the|so my|so now|so that|and i|and we|and they|and he|and she|and it|and the|and was|and is|\
         and were|and are|and has|and had|and kept|and keeps|and continued|and continues|and started|and blamed|and blames|and told|and said|and hung|and left|and gave|and made|and sent|and very|and so|and then|and everything|and a|and my|after|before|thanks|thank you|that i|everything is|everything was|\
         everything|thank",
    ),
    (Cue::And, "and|&|plus|yet"),
    (Cue::Or, "or|nor"),
    (
        Cue::OtherSense,
        "waiting room|waiting rooms|waiting area|waiting list|waiting lounge|their fault|his fault|her fault|our fault|nobodys fault|not your fault|no thanks|no thank you|i would come back|we would come back|id come back|i will come back|we will come back|ill come back|i wont come back|\
         i will not come back|i will never come back|we wont come back|half solved|half resolved|half fixed|half done|partly solved|partially solved|partly resolved|partially resolved|not for long|\
         respectfully , |almost polite|almost friendly|almost helpful|almost kind|almost solved|almost resolved|nearly solved|nearly resolved|\
         nearly polite|almost quick|almost patient|almost honest|cheap but you|cheap , but you|cheap at first|cheap trick|cheap tricks|let me know|let us know|please let me know|you know|as you know|kind of|kinds of|what kind|this kind|any kind|some kind|sort of|\
         shout out|shout out to|shoutout|lying down|lies on|lie down|lying in|lying on|lies in|lying around|lie in|cold drink|cold drinks|cold water|cold food|cold beer|cold air|cold weather|\
         to be honest|honest truth|if i am honest|if im honest|to be fair|be fair|fair enough|trade fair|fair weather|fair amount|fair share|fun fair|fairly|honestly|\
         customer care|customer service|customer support|take care|skin care|hair care|health care|healthcare|day care|care label|care number|\
         takes care of the|worth mentioning|worth waiting|worth noting|worth a mention|worth saying|fast wifi|fast wi|fast food|fast asleep|\
         quick question|quick note|quick word|quickly hung|quickly ended|in order to|in order|order to|user friendly|budget friendly|family friendly|\
         kid friendly|pet friendly|eco friendly|wallet friendly|bank transfer|airport transfer|money transfer|wire transfer|transfer fee|data transfer|\
         transferred the money|transfer money|exchange rate|foreign exchange|free of charge|in charge|person in charge|take charge|at all costs|sorry for your loss|\
         bed bugs|bed bug|bug in the|fixed rate|fixed price|fixed term|fixed line|help yourself|help button|help desk|helpdesk|self help|\
         hold an account|hold a|hold the|i hold|connect the|a busy|busy street|was busy that|clear sky|clear skies|clear the|clearance|in return|many happy returns|\
         return to this|return from|returned from|will return|happy to return|return again|return next|return here|i will return|well return|be returning|rush hour|best before|best regards|good morning|good afternoon|good evening|\
         good day|good night|good bye|goodbye|great deal of|good deal of|as well as|as well|like i said|i like to|good luck|best wishes|kind regards|\
         warm regards|well i|oh well|genuine leather|warm air|warm water|nice and warm|warm room|slow cooker|slow jazz|slow motion|instant coffee|instant noodles|\
         broken heart|mixed bag|building site|sound system|sewage system|apple pie|flexible hose|flexible rate|free cancellation|flexible booking|\
         senior citizens|senior citizen|for your information|for the attention of|to your attention|professional photographer|professional carpet|\
         a professional|language course|communication cable|cheque did not clear|did not clear|insurance policy|policy number|follow-up survey|response form|\
         call back button|bad weather|good weather|nice weather|weather|hung up the|hang up the|hang up in|patient transport|patient in|a patient|calm location|calm sea|line was disconnected|\
         internet disconnects|connection disconnects|thank you for your patience|thanks for your patience|your call is important|last night|first class post|working on sundays|mixed feelings|\
         promised my|promising start|at first sight|pay as you go|order number|order no|the fee is on|never mind|happy hour|happy birthday|light bulb|\
         smart phone|cold sleep|cold pool|radiator is cold|food was cold|cold radiator|listen,|quality of the advice|quality of advice|used to|miss my|i miss|missed my|miss you|\
         like to|feel like|felt like|looks like|look like|looked like|seems like|sounds like|like this|like that|like a|like the|like my|like an|something like|things like|just like|is like|was like|would like|id like|like me|like you|like it was|stuff like|more like|like other|like many|like some|like most|\
         pretty much|pretty big|well as|at best|best of all|the best way|best bet|better than nothing|all right then|right now|right away|right after|right before|right here|right there|the right hand|right side|the right to|\
         free time|feel free|sugar free|gluten free|toll free|hands free|free call|cool down|cool off|no cost|trusted customers|trusted customer|loyal customers|loyal customer|thank god|thank goodness|too good to be true|too polite to be true|\
         well known|well i guess|as good as|good as new|as far as|so far|by far|far away|hard drive|hard disk|hard copy|hard work|hard working|hard wood|fine print|small print|fine dining|\
         bug spray|issue date|date of issue|special issue|error code|dead end|dead line|killing time|kill time|mad men|sick leave|sick day|sick note|cheap flights|\
         recommended you several|love you and leave|again and again and|many times and always|stayed here many|offered me a seat|charging cable|charged my phone|\
         an exception and|sorry repeatedly|sorry and sorry repeatedly|repeatedly sorry|sorry again and again|apologised repeatedly|apologized repeatedly|\
         apologise repeatedly|apologize repeatedly|repeatedly apologised|repeatedly apologized|thanked me repeatedly|repeatedly thanked|\
         as informed|informed by you|i was informed|we were informed|my patience|losing my patience|my english|my error|my mistake|my own fault|my fault|must have been|must have had|must have gone|\
         several times here|several times there|many times here|many times there|multiple times here|multiple times there|\
         three times here|three times there|four times here|four times there|five times here|five times there|numerous times here|\
         numerous times there|countless times here|countless times there|many many times here|many many times there|so many times here|\
         so many times there|two three times here|two three times there|here several times|there several times|here many times|\
         there many times|here multiple times|there multiple times|here three times|there three times|here four times|there four times|\
         here five times|there five times|here numerous times|there numerous times|here countless times|there countless times|\
         here many many times|there many many times|here so many times|there so many times|here two three times|there two three times|\
         washed several times|worn several times|dropped several times|eaten several times|shopped several times|bought several times|\
         reused several times|reordered several times|washed many times|worn many times|dropped many times|eaten many times|\
         shopped many times|bought many times|reused many times|reordered many times|washed multiple times|worn multiple times|\
         dropped multiple times|eaten multiple times|shopped multiple times|bought multiple times|reused multiple times|\
         reordered multiple times|washed three times|worn three times|dropped three times|eaten three times|shopped three times|\
         bought three times|reused three times|reordered three times|many times i got|many times i get|many times i received|\
         many times i bought|many times i ordered|many times i used|several times i got|several times i get|several times i received|\
         several times i bought|several times i ordered|several times i used|multiple times i got|multiple times i get|\
         multiple times i received|multiple times i bought|multiple times i ordered|multiple times i used|let be honest|lets be honest|\
         be honest with ourselves|let us be honest|if we are honest|in all honesty|honest opinion|honest review|let be fair|\
         lets be fair|let us be fair|my common sense|a warmer|the warmer|plate warmer|food warmer|under a warmer|warm beer|warm beers|\
         warm drink|warm drinks|warm wine|warm milk|warm meal|warm bread|warm soda|warm lemonade|warm coffee|served warm|gets warm|\
         got warm|keep warm|keeps warm|kept warm|stays warm|keeps the water warm|keeps me warm|keeps you warm|water warm|warm weather|\
         warm clothes|warm evening|warm day|hold charge|holds charge|holding charge|hold its charge|holds its charge|hold the charge|\
         holds a charge|hold a charge|charge for days|charge for hours|charge for a long|charge for long|charge for weeks|\
         recall being charged|remember being charged|recall paying|remember paying|recall ever paying|remember ever paying|\
         remember being|recall being|talking skill|talking skills|speaking skill|speaking skills|behaviour and skills are|\
         behavior and skills are|behaviour and skills is|behaviour and skill is|behavior and skills is|behaviour and skills were|\
         behavior and skills were|communication skill|communication skills|conversation skill|conversation skills",
    ),
    (
        Cue::Preposition,
        "of|with|for|in|on|at|by|from|about|to|into|over|under|between|through|despite",
    ),
    (Cue::Towards, "for|with|by|about"),
    (
        Cue::Speech,
        "must say|must admit|have to say|has to be said|need to say|want to say|would say|want to thank|wanted to thank|wanted to say|would like to thank|\
         id like to thank|would like to say|would like to mention|would like to commend|would like to compliment|like to give|like to thank|\
         should know|should mention|must mention|must be said|must be the|must have been|please thank|please pass|please tell|please give|wish to thank|\
         want to mention|want to compliment|want to give|want to commend|than expected|than i expected|as expected|than we expected|as i expected|what i expected|everything i expected|than i had expected|than i hoped|\
         than i thought|what i wanted|what we wanted|everything i wanted|all i wanted|all i needed|what i needed|everything we needed|everything i needed|what we needed|exceeded|than i wanted|\
         than needed|when needed|if needed|as needed|as requested|as i requested|i requested|exactly what i wanted|could wish for|could want|one could wish|could ask for|\
         as promised|no need to|no need|not need to|didnt need to|didnt have to|dont need to|dont have to|not have to|never had to|never have to|without having to|no needs|\
         ask if|asked if|check if|checked if|see if|know if|knew if|wonder if|wondered if|even if|as if|if you ask me|if any|if anything|if a bit|if a little|if i may|if you like|if you want|if you are looking|if youre looking|if you need|\
         would recommend|will recommend|would highly recommend|would definitely|will definitely|would certainly|would use|will be back|would come back again|would gladly|would happily|would not recommend|\
         wouldnt recommend|would never|will never|would rather|would avoid|cant say|would not say|wouldnt say|wouldnt call|would not call|would call|would describe|wouldnt describe|would not describe|\
         wouldnt trust|would not trust|would not budge|wouldnt budge|would not make|wouldnt make|would not let|wouldnt let|would not help|wouldnt help|would not exchange|wouldnt exchange|would not take|would not give|wouldnt give|would not|wouldnt|\
         should be proud|should be commended|should be praised|should be ashamed|should get a raise|deserves|deserve|never expected|needless to say|i would say|i must|needs no|please note|if possible",
    ),
    (Cue::Than, "than"),
    (Cue::As, "as"),
    (
        Cue::NoOther,
        "none of the other|none of the others|nobody before|no one before|no other|nobody else|no one else|noone else|nowhere else|no where else",
    ),
    (
        Cue::Standard,
        "the other|the others|my neighbour|my neighbours|my old bank|my old provider|my old company|my old supplier|my old shop|my old phone company|my last bank|my last provider|\
         my last company|my previous bank|my previous provider|my previous company|my former bank|my former provider|old provider|\
         previous provider|other companies|other company|other banks|other bank|other shops|other shop|other stores|other store|\
         other hotels|other hotel|other providers|other airlines|another company|another bank|another shop|another store|another hotel|\
         another provider|competitor|competitors|the competition|your competition|elsewhere|somewhere else|anywhere else|everywhere else|\
         everyone else|everybody else|any other shop|any other company|next door|a snail|a tortoise|a turtle|a sloth|a robot|a machine|a bot|\
         a child|a toddler|a monkey|a parrot|my grandmother|my grandma|my granny|my grandfather|my dog|my cat|a computer",
    ),
    (
        Cue::Compared,
        "compared to|compared with|in comparison with|in comparison to",
    ),
    (
        Cue::UnlikeYou,
        "unlike you|unlike your|unlike here|unlike this",
    ),
    (
        Cue::Seen,
        "have read|have heard|have tasted|have used|have come across|have encountered|have worked with|have spoken to|have slept in|ive read|ive heard|ive tasted|ive used|ive come across|ive dealt with|ive spoken to|ive stayed in|ive slept in|ive eaten|been treated|been served|been welcomed|been received|been looked after|been greeted|there are|there is|theres|have seen|have had|have met|have known|have experienced|have dealt with|have stayed in|have been to|ive had|ive seen|ive met|\
         have eaten|have received",
    ),
    (Cue::Formerly, "used to"),
    (Cue::Once, "was once|were once|once a|once an|once had"),
    (
        Cue::InThePast,
        "time was when|there was a time when|there was a time|gone are the days when|gone are the days|once upon a time|in the past|years ago|in the old days|in former times|in former years|back then|formerly|before the merger|before the takeover|\
         before the change|before the move|before the update|when you were small|under the old owner|under the old management|\
         under the previous owner|with the old owner",
    ),
    (
        Cue::LastTime,
        "last year|last month|last time|last week|previously|had been|until then",
    ),
    (
        Cue::AtFirst,
        "went from|gone from|started out|started off|began|at first|initially|at the beginning|in the beginning|to begin with|to start with|at the start|at the outset",
    ),
    (
        Cue::ForAWhile,
        "for a week|for a month|for a day|for a year|for a while|for an hour|for one day|for one week|for one month|for two days|\
         for two weeks|for two months|for 2 weeks|for 2 months|for 3 weeks|for 3 months|for a few days|for a few weeks|for a few months|\
         for three days|for three weeks|for three months|for the first day|for the first week|for the first month|for the first few days|\
         for the first few weeks",
    ),
    (
        Cue::UntilRecently,
        "until the last|until the latest|until the recent|till the last|while it lasted|while they lasted|until today|until now|until yesterday|until recently|until last|until the new|until they changed|until you changed|until the update|\
         until the merger|until the takeover|until this|till today|till now|till yesterday|till last|till recently|up to now|up until now",
    ),
    (
        Cue::Before,
        "once|before|a year ago|a month ago|years ago|months ago|two years ago|a few years ago|some years ago|in the past|last year|last month|\
         last time|previously|earlier|back then|before the change|before the changes|before the move|before the update|before the merger|\
         before the takeover|under the old owner|under the old management",
    ),
    (
        Cue::Now,
        "now|today|this time|these days|nowadays|later|later on|lately|recently|since then|finally|eventually|in the end|at the end|this year|\
         this month|this week|at last|then|afterwards",
    ),
    (
        Cue::NoMore,
        "not any longer|no more now|not at the end|not in the end|not any more|not anymore|no more|not now|no longer|this time they did|now they do|this time it did|now it does|this time she did|\
         this time he did|today they did|now you do|this time you did|not today|that is over|is a thing of the past|are a thing of the past",
    ),
    (
        Cue::Mockery,
        "yeah right|ya right|yea right|my foot|my arse|my ass|if you enjoy waiting|if you enjoy listening|if you enjoy being|if you enjoy repeating|\
         if you enjoy paying|if you like waiting|if you like being|if you like queueing|if you like queues|if you love waiting|if you love queues|\
         if you have all day|if you have time to waste|said no one|said nobody|not really not|🙄|🤡|🤦",
    ),
    (Cue::SoMuchFor, "so much for|as if"),
    (
        Cue::Misdeed,
        "charging me|charging us|locking me|locking us|kicking me|kicking us|passing me|sending me away|sending us away|not answering|not calling|not listening|not caring|not helping|giving me the runaround|treating me like|treating us like|cutting me off|cutting us off|cutting off|hanging up on|sending the wrong|sending me the wrong|sending us the wrong|giving me the wrong|\
         charging me twice|making me repeat|making us repeat|making me explain|making me call|making me pay|wasting|ignoring|losing|ruining|breaking|delaying|keeping me waiting|keeping us waiting|making me wait|making us wait|hanging up|\
         cheating|lying to|overcharging|messing|screwing|forgetting|refusing|leaving me|leaving us|letting me down|letting us down|\
         misleading|insulting|shouting|rejecting|spoiling|wrecking|destroying",
    ),
    (
        Cue::LoveHow,
        "love spending|love wasting|love standing|love sitting|love queueing|love queuing|love listening|love calling|love paying|love repeating|love explaining|love hearing|love having to|enjoy spending|enjoy standing|enjoy queueing|enjoy paying|enjoyed standing|enjoyed spending|love how|love it when|love when|love being|love waiting|love to wait|loved being|loved waiting|enjoyed waiting|enjoyed being|\
         joy to|pleasure to|delight to|way to lose|way to ruin|way to waste|way to break|way to spoil|way to kill|of you to|of them to|of him to|of her to",
    ),
    (
        Cue::Interjection,
        "oh|well|ah|wow|just|how|so|yeah|yes|sure|really|and|another",
    ),
    (
        Cue::Again,
        "another|again|still|yet another|once more|now|third time|second time|fourth time|fifth time|twice|even|weeks|months|hours|month|\
         hour|week|day|days|and counting|too|as always|as usual|minutes|three times|four times|five times",
    ),
    (
        Cue::OnlyProblem,
        "only problem was|only problem is|only issue was|only issue is|only complaint is|only complaint was|only downside is|\
         only downside was|only negative was|only negative is|only drawback is|only drawback was|only bad thing was|only bad thing is|\
         shame about|pity about|apart from|aside from|only thing i did not like was|only thing i didnt like was|\
         only thing i did not like is|only thing i didnt like is|only thing i disliked was|only thing missing was|only con is|only con was|except for|except",
    ),
    (
        Cue::Absent,
        "has left|have left|has retired|was let go|is gone|in short supply|thin on the ground|nowhere to be seen|nowhere to be found|nowhere in sight|nowhere near|not in sight|nonexistent|non existent|\
         inexistent|conspicuous by its absence|out of the window|out the window|disappeared|vanished|evaporated|gone for good|gone away|went away|goes away|\
         has gone|have gone|had gone|are gone|was gone|were gone|is over|are over|ceased|stopped|ended|faded|a thing of the past|not existing|does not exist|\
         doesnt exist|do not exist|dont exist|did not exist|didnt exist|not his strong point|not her strong point|not their strong point|not your strong point|\
         not his strength|not her strength|not their strength|not your strength|not his thing|not her thing|not their thing|not his forte|not her forte|\
         not their forte|isnt his strong point|isnt her strong point|isnt their strong point|isnt your strong point|wasnt his strong point|\
         wasnt her strong point|wasnt their strong point|isnt his thing|isnt her thing|isnt their thing|isnt his strength|isnt her strength|isnt their strength|\
         isnt his forte|isnt her forte|isnt their forte|isnt your forte|wasnt there|was not there|were not there|werent there|not to be found|not to be seen|\
         is absent|was absent|were absent|was lacking|is lacking|were lacking|are lacking|was missing|were missing|is missing|are missing|not on the menu|\
         wasnt on the menu|isnt on the menu|not on offer|went missing|flew out of the window|a foreign word|an alien concept|unknown to them|unknown here|\
         not in their vocabulary|not in his vocabulary|not in her vocabulary|isnt in their vocabulary|unheard of",
    ),
    (
        Cue::None,
        "zero|none|nil|nada|0|none at all|none whatsoever|not at all|no|nope|not really|not a bit|not a trace|nothing",
    ),
    (
        Cue::NotThat,
        "not that|its not that|it is not that|it was not that|isnt that|wasnt that|it isnt that|it wasnt that|its not like|it is not like|not like|\
         it was not like|it isnt like|it wasnt like|not as if|not as though|not because",
    ),
    (
        Cue::NoneOf,
        "no|nothing|nobody|no one|noone|none|not a|not one|not a single|not any|not anything|never a|never any|never anything|hardly a|hardly any|\
         hardly anything|hardly anyone|barely any|barely anything|isnt a|isnt any|isnt anything|isnt one|isnt anyone|wasnt a|wasnt any|wasnt anything|\
         wasnt one|wasnt anyone|werent any|is not a|is not any|is not anything|was not a|was not any|was not anything|was not one|were not any|\
         isnt much|wasnt much|not much|few|little|there isnt|there wasnt",
    ),
    (Cue::Relative, "what|that|who|which|where|when|whose"),
    (
        Cue::Task,
        "problem|problems|issue|issues|question|questions|request|requests|wish|wishes|thing|things|nothing|anything|detail|details|task|job|topic|\
         fault|trouble|puzzle|call|case|matter|query|queries|complaint|nobody|anyone|somebody|no one|noone",
    ),
    (
        Cue::Thing,
        "soup|soups|tea|coffee|beer|beers|wine|wines|milk|juice|drink|drinks|water|meal|meals|food|bread|pizza|pasta|rice|dinner|lunch|starter|starters|\
         dish|dishes|plate|plates|dessert|chips|fries|steak|burger|chicken|fish|cake|air|room|rooms|bathroom|shower|bath|pool|sauna|radiator|radiators|heating|\
         oven|fridge|freezer|kettle|lamp|glass|blanket|blankets|duvet|pillow|jacket|coat|jumper|sweater|gloves|socks|boots|shoes|hat|scarf|weather|evening|\
         day|days|winter|summer|morning|night|sun|wind|breeze|lounge|lobby|conservatory|greenhouse|plastic|varnish|paint|sky|screen|display|picture|photo|photos|\
         window|windows|bottle|liquid|gel|skin|charger|car|cars|bike|bikes|boat|train|trains|horse|computer|laptop|processor|printer|router|connection|broadband|\
         fibre|lift|elevator|cooker|puncture|clock|heart|music|song|dance|motion|knife|knives|blade|blades|scissors|razor|corner|corners|edge|edges|turn|\
         smell|colour|color|colours|colors|tone of the paint|light|lights|lighting",
    ),
    (
        Cue::OldOne,
        "the old|the previous|the former|the original|the cheaper|the cheap|your old|your previous|your former|our old|the last|the old one|the older|\
         the previous version|the first version",
    ),
    (Cue::Even, "even the|even a|even an|even my|even our"),
    (
        Cue::Staff,
        "agent|agents|adviser|advisers|advisor|advisors|receptionist|receptionists|clerk|clerks|cashier|cashiers|operator|operators|technician|technicians|\
         engineer|engineers|plumber|fitter|staff|employee|employees|manager|managers|representative|representatives|rep|reps|assistant|assistants|teller|waiter|\
         waitress|porter|concierge|supervisor|expert|experts|team|helpline|hotline|support|service",
    ),
    (
        Cue::You,
        "you|yours|your|she|he|they|this|here|them|him|her",
    ),
    (
        Cue::Befallen,
        "being|waiting|having to|getting|listening to the|queueing|queuing|standing|sitting|explaining|repeating|paying twice|nothing says",
    ),
    (
        Cue::OnceDone,
        "when it is|when its|when it gets|when this is|when this gets|when my|when the|when they|when you|when everything is|when somebody|when someone|\
         when he|when she|when all is|once it is|as soon as it|as soon as my|as soon as the|as soon as this|as soon as they|as soon as you|after you|after they",
    ),
    (
        Cue::Without,
        "too busy to|too lazy to|too proud to|refused to|refuses to|refuse to|failed to|fails to|fail to|unable to|forgot to|forget to|reluctant to|unwilling to|hesitated to|hesitate to|hesitates to|without|w/o",
    ),
    (
        Cue::CouldNot,
        "couldnt|could not|cannot|cant|can not|wouldnt|would not|wont|will not|doesnt|does not|dont|do not|didnt|did not|werent able|wasnt able|\
         hasnt|has not|havent|have not|isnt|is not|wasnt|was not|couldn|wouldn|doesn|didn|failed to|fails to",
    ),
    (
        Cue::LessSo,
        "less so|not so much|not so|much less so|not as much|not at all|not really|not quite|another story|a different story|another matter|a different matter|\
         something else|not",
    ),
    (
        Cue::HadIt,
        "had it|had he|had she|had they|had you|had i|had we|had the|had my|had somebody|had someone|had anyone|had anybody|had your|were it|were they|were the|\
         should they|should it|should she|should he|should you|should somebody|should someone|should the|should my|should anybody|should anyone",
    ),
    (Cue::Unlike, "unlike"),
    (Cue::Merely, "just|only|simply|rather|merely"),
    (
        Cue::Say,
        "say|claim|think|believe|tell|pretend|guess|suppose",
    ),
    (Cue::Enough, "enough"),
    (
        Cue::Duration,
        "second|seconds|minute|minutes|min|mins|hour|hours|hr|hrs|day|days|week|weeks|month|months|moment|moments",
    ),
    (
        Cue::Thanks,
        "thanks|thank you|thank u|thx|many thanks|big thanks|big thank you|congratulations|congrats|well done|kudos|bravo|hats off|five stars|5 stars|\
         ten stars|full marks|top marks|ten out of ten|10 / 10|first prize|nice work|good job|great job|nice job|good work|great work|cheers",
    ),
    (Cue::How, "how"),
    (Cue::Like, "like|the way"),
    (
        Cue::Total,
        "never|nobody|no one|noone|nothing|none|not once|not a single|not one|at no time|at no point|never once|not in the least|not the least",
    ),
    (Cue::Finally, "finally|at last"),
    (Cue::Worth, "worth"),
    (
        Cue::Family,
        "my son|my daughter|my nephew|my niece|my wife|my husband|my mother|my father|my brother|my sister|my dad|my mum|my mom|my friend|my friends|\
         my neighbour|my neighbor|a friend|my colleague|my boss",
    ),
    (
        Cue::NotSomething,
        "is not something|was not something|are not something|isnt something|wasnt something|arent something|is not the word|isnt the word|is not a word|\
         isnt a word|is not how|isnt how|is not what|isnt what|was not what|wasnt what|is not part of|isnt part of|is not exactly his|is not exactly her|\
         is not exactly their|isnt exactly his|isnt exactly her|isnt exactly their|is not high on|isnt high on|is not to be expected|is too much to hope for",
    ),
    (Cue::Any, "a|an|any|most|my"),
];
